import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { isEmpty, offerSetupToken } from '../auth/accounts.ts';
import { showSecrets } from '../first-start.ts';
import { answer, type Json, withJson } from './answer.ts';
import { atDesk, pinMasterKeys } from './desk.ts';
import { CommandError } from './failure.ts';

export function addSetupToken(program: Command): void {
  withJson(program.command('setup-token'))
    .description(
      'Make a new set-up token for the first account; it takes the place of an earlier one, and is shown on the terminal or written to a file of its owner alone',
    )
    .action(setupToken);
}

async function setupToken(options: Json): Promise<void> {
  await atDesk(async (desk) => {
    const { database, vault, config } = desk;
    if (!(await isEmpty(database.db))) {
      throw new CommandError('There is an account already, and a set-up token is for the first one.');
    }
    await pinMasterKeys(desk);
    const token = randomBytes(24).toString('base64url');
    await offerSetupToken(database.db, vault, token, true);
    const terminal = process.stdout.isTTY === true && !options.json;
    const say = (path: string) => answer(options, { path }, `Shown once, for its owner alone: ${path}`);
    showSecrets(config.dataDir, terminal, say)('setup-token', `${token}\n`);
  });
}

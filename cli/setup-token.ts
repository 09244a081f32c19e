import type { Command } from 'commander';
import { showSecrets } from '../server/app/bootstrap.ts';
import { isEmpty, offerSetupToken } from '../server/auth/accounts.ts';
import { newSetupToken } from '../server/stores/secrets/link-tokens.ts';
import { ensureTokenKey, withCliContext } from './context.ts';
import { CommandError } from './output/failure.ts';
import { type JsonOption, printResult, withJson } from './output/print-result.ts';

export function addSetupToken(program: Command): void {
  withJson(program.command('setup-token'))
    .description(
      'Make a new set-up token for the first account. It replaces an earlier one, and is shown on the terminal or written to a file that only its owner can read',
    )
    .action(setupToken);
}

async function setupToken(options: JsonOption): Promise<void> {
  await withCliContext(async (context) => {
    const { database, vault, config } = context;
    if (!(await isEmpty(database.db))) {
      throw new CommandError(
        'An account already exists. A set-up token creates only the first one: ask a member for an invitation.',
      );
    }
    await ensureTokenKey(context);
    const token = newSetupToken(vault);
    const terminal = process.stdout.isTTY === true && !options.json;
    let written: string | null = null;
    const show = showSecrets(config.dataDir, terminal, (path) => {
      written = path;
    });
    await database.db.transaction(async (tx) => {
      await offerSetupToken(tx, vault, token, true);
      show('setup-token', `${token}\n`);
    });
    if (written)
      printResult(options, { path: written }, `Written once, readable only by its owner: ${written}`);
  });
}

import type { Command } from 'commander';
import { clearSignInRule } from '../../server/workspaces/sign-in-rule.ts';
import { withCliContext } from '../context.ts';
import { type JsonOption, printResult, withJson } from '../output/print-result.ts';
import { requireWorkspace } from './accounts.ts';

export function addWorkspaces(program: Command): void {
  const workspaces = program.command('workspaces').description('Workspaces: remove the sign-in rule');
  withJson(workspaces.command('clear-sign-in-rule'))
    .description('Remove the sign-in rule of a workspace whose owners can no longer meet it')
    .argument('<workspace>', 'its id (wsp_…), as keyseal users list shows it')
    .action(clear);
}

async function clear(id: string, options: JsonOption): Promise<void> {
  await withCliContext(async (context) => {
    await requireWorkspace(context, id);
    await clearSignInRule(context, id);
    printResult(options, { id }, `Removed the sign-in rule of ${id}.`);
  });
}

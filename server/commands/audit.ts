import type { Command } from 'commander';
import { sql } from 'drizzle-orm';
import { verifyAudit } from '../audit/verify.ts';
import { answer, type Json, table, withJson } from './answer.ts';
import { atDesk, type Desk } from './desk.ts';
import { CommandError, EXIT } from './failure.ts';

export function addAudit(program: Command): void {
  const group = program.command('audit').description('The audit log: verify');
  withJson(group.command('verify'))
    .description(
      'Look whether anybody but the service has touched the audit log, of every workspace or of one',
    )
    .option('--workspace <id>', 'that one alone')
    .action(verify);
}

interface VerifyOptions extends Json {
  readonly workspace?: string;
}

async function verify({ workspace, ...options }: VerifyOptions): Promise<void> {
  const chains = await atDesk(async (desk) => {
    const all = await workspacesOf(desk);
    if (workspace !== undefined && !all.includes(workspace))
      throw new CommandError(`There is no audit log of a workspace "${workspace}".`);
    const verified = [];
    for (const workspaceId of workspace === undefined ? all : [workspace])
      verified.push({ workspaceId, ...(await verifyWhole(desk, workspaceId)) });
    return verified;
  });
  const wrong = chains.filter(({ verified }) => !verified).length;
  const rows = chains.map((chain) =>
    chain.verified
      ? [chain.workspaceId, '✓', `${chain.records} records`, chain.head?.mac ?? '']
      : [chain.workspaceId, '✗', `${chain.problem} at ${chain.at}`, ''],
  );
  const text = table(['workspace', '', 'found', 'head'], rows);
  answer(options, { ok: wrong === 0, chains }, text);
  if (wrong > 0) process.exitCode = EXIT.failed;
}

/** Every workspace that has a head or a record. */
async function workspacesOf({ database }: Desk): Promise<string[]> {
  const rows = await database.query<{ id: string }>(sql`
    select workspace_id as id from audit_heads union select distinct workspace_id from audit_records order by id`);
  return rows.map(({ id }) => id);
}

async function verifyWhole(desk: Desk, workspaceId: string) {
  let cursor: string | undefined;
  for (;;) {
    const found = await verifyAudit(desk, workspaceId, cursor === undefined ? {} : { cursor });
    if (found.verified !== null) return found;
    cursor = found.nextCursor;
  }
}

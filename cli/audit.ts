import type { Command } from 'commander';
import { sql } from 'drizzle-orm';
import { verifyAudit } from '../server/audit/verify.ts';
import { type CliContext, withCliContext } from './context.ts';
import { CommandError, EXIT } from './output/failure.ts';
import { formatTable, type JsonOption, printResult, withJson } from './output/print-result.ts';
import { type Progress, withProgress } from './output/progress.ts';

export function addAudit(program: Command): void {
  const group = program.command('audit').description('The audit log: verify');
  withJson(group.command('verify'))
    .description(
      'Check the audit log of every workspace, or of one, for changes that the service did not make',
    )
    .option('--workspace <id>', 'check only this workspace')
    .action(verify);
}

interface VerifyOptions extends JsonOption {
  readonly workspace?: string;
}

async function verify({ workspace, ...options }: VerifyOptions): Promise<void> {
  const chains = await withCliContext(async (context) => {
    const all = await workspacesOf(context);
    if (workspace !== undefined && !all.includes(workspace))
      throw new CommandError(`There is no audit log for a workspace "${workspace}".`);
    return withProgress((update) => verifyAll(context, workspace === undefined ? all : [workspace], update));
  });
  const wrong = chains.filter(({ verified }) => !verified).length;
  const rows = chains.map((chain) =>
    chain.verified
      ? [chain.workspaceId, '✓', `${chain.records} records`, chain.head?.mac ?? '']
      : [chain.workspaceId, '✗', `${chain.problem} at ${chain.at}`, ''],
  );
  const text = formatTable(['workspace', '', 'result', 'head'], rows);
  printResult(options, { ok: wrong === 0, chains }, text);
  if (wrong > 0) process.exitCode = EXIT.failed;
}

/** Every workspace with a head or a record. */
async function workspacesOf({ database }: CliContext): Promise<string[]> {
  const rows = await database.query<{ id: string }>(sql`
    select workspace_id as id from audit_heads union select distinct workspace_id from audit_records order by id`);
  return rows.map(({ id }) => id);
}

async function verifyAll(context: CliContext, workspaceIds: readonly string[], update: Progress['update']) {
  const lengths = await lengthsOf(context);
  const total = workspaceIds.reduce((sum, id) => sum + (lengths.get(id) ?? 0), 0);
  const verified = [];
  let done = 0;
  for (const workspaceId of workspaceIds) {
    const found = await verifyWhole(context, workspaceId, (records) => update(done + records, total));
    verified.push({ workspaceId, ...found });
    done += lengths.get(workspaceId) ?? 0;
    update(done, total);
  }
  return verified;
}

/** The length of each chain by its head. */
async function lengthsOf({ database }: CliContext): Promise<Map<string, number>> {
  const rows = await database.query<{ id: string; seq: number }>(
    sql`select workspace_id as id, seq::int as seq from audit_heads`,
  );
  return new Map(rows.map(({ id, seq }) => [id, seq]));
}

async function verifyWhole(context: CliContext, workspaceId: string, reached: (records: number) => void) {
  let cursor: string | undefined;
  for (;;) {
    const found = await verifyAudit(context, workspaceId, cursor === undefined ? {} : { cursor });
    if (found.verified !== null) return found;
    reached(found.records);
    cursor = found.nextCursor;
  }
}

import { type Command, Option } from 'commander';
import { and, eq, isNull } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import { describeChange } from '../../server/keys/audit-change.ts';
import { findKeyInWorkspace } from '../../server/keys/find.ts';
import { viewOf } from '../../server/keys/key-view.ts';
import { listKeys } from '../../server/keys/list.ts';
import { revokeKey } from '../../server/keys/revoke.ts';
import { Key, RevokeKeyInput } from '../../server/keys/schemas.ts';
import { systemActor } from '../../server/stores/audit/audit.ts';
import { lockKeysIn } from '../../server/stores/database/locks.ts';
import { ENVIRONMENTS } from '../../shared/key-format.ts';
import { type CliContext, withCliContext } from '../context.ts';
import { readInput } from '../options/input.ts';
import { integerOption } from '../options/integer-option.ts';
import { CommandError } from '../output/failure.ts';
import {
  formatTable,
  type JsonOption,
  printResult,
  sanitizeForTerminal,
  withJson,
} from '../output/print-result.ts';
import { requireWorkspace } from '../users/accounts.ts';
import { createKeyCommand } from './create-key.ts';
import { addExchange } from './exchange.ts';

const WORKSPACE = '--workspace <id>';
const STATUSES = Key.shape.status.options;

export function addKeys(program: Command): void {
  const group = program
    .command('keys')
    .description('API keys: list, create, exchange a token for one, revoke');
  withJson(group.command('list'))
    .description('List keys, newest first')
    .requiredOption(WORKSPACE, 'the workspace (wsp_…)')
    .addOption(new Option('--status <status>', 'only keys with this status').choices(STATUSES))
    .option('--search <text>', 'part of a name, or the beginning of an id')
    .option('--limit <number>', 'keys per page, 1 to 100', integerOption(1, 100), 50)
    .option('--cursor <text>', 'continue after the previous page')
    .action(list);
  withJson(group.command('create'))
    .description('Create a key and print its two secrets once, on stdout')
    .requiredOption(WORKSPACE, 'the workspace (wsp_…)')
    .requiredOption('--name <text>', 'display name')
    .requiredOption('--permissions <names...>', 'such as exemple:read "echo:*"')
    .addOption(
      new Option('--environment <name>', 'the environment of the key').choices(ENVIRONMENTS).default('live'),
    )
    .option(
      '--owner <user>',
      'the member who owns the key and whose role limits it; without one, it is a service key of the workspace',
    )
    .option(
      '--public-key <file>',
      'a public key (PEM, JWK or OpenSSH) that verifies the signatures of the key; then it has no signing secret',
    )
    .option('--expires <time>', 'when the key expires: ISO 8601, UTC, such as 2030-01-31T00:00:00Z')
    .action(createKeyCommand);
  addExchange(group);
  withJson(group.command('revoke'))
    .description('Revoke a key permanently: every instance refuses it as of the next request')
    .argument('<key>', 'the id of the key')
    .option('--reason <text>', 'reason, stored in the audit log')
    .action(revoke);
}

interface ListOptions extends JsonOption {
  readonly workspace: string;
  readonly status?: Key['status'];
  readonly search?: string;
  readonly limit: number;
  readonly cursor?: string;
}

async function list({ workspace, status, search, limit, cursor, json = false }: ListOptions): Promise<void> {
  await withCliContext(async (context) => {
    await requireWorkspace(context, workspace);
    const page = await listKeys(context, {
      workspaceId: workspace,
      query: { limit, search, cursor, status },
      startedAt: performance.now(),
      payer: [workspace, workspace],
      inTurn: (read) => read(),
    });
    const items = page.rows.map((row) => viewOf(row, context));
    const rows = items.map((key) => [
      key.id,
      key.environment,
      key.status,
      sanitizeForTerminal(key.name),
      key.permissions.join(' '),
    ]);
    const more = page.nextCursor === null ? '' : `\nMore: --cursor ${page.nextCursor}`;
    const text = formatTable(['key', 'environment', 'status', 'name', 'permissions'], rows) + more;
    printResult({ json }, { items, nextCursor: page.nextCursor }, text);
  });
}

async function revoke(id: string, { reason, ...options }: JsonOption & { reason?: string }): Promise<void> {
  const input = readInput(RevokeKeyInput, { id, reason });
  await withCliContext(async (context) => {
    const { db } = context.database;
    const [row] = await db
      .select({ workspaceId: keys.workspaceId })
      .from(keys)
      .where(and(eq(keys.id, input.id), isNull(keys.deletedAt)));
    if (!row)
      throw new CommandError(
        `There is no key "${sanitizeForTerminal(id)}". Run keyseal keys list to see the keys of a workspace.`,
      );
    await revokeRecorded(context, row.workspaceId, input.id, input.reason ?? null);
    const key = await viewIn(context, row.workspaceId, input.id);
    printResult(
      options,
      key,
      `${key.id} (${sanitizeForTerminal(key.name)}) was revoked at ${key.revokedAt}.`,
    );
  });
}

async function viewIn(context: CliContext, workspaceId: string, id: string): Promise<Key> {
  return viewOf(await findKeyInWorkspace(context.database.db, workspaceId, id, context.clock()), context);
}

/** Revokes a key, and records it in the audit log. A second revocation changes nothing. */
async function revokeRecorded(
  { database, credentials, audit, clock }: CliContext,
  workspaceId: string,
  id: string,
  reason: string | null,
): Promise<void> {
  await database.db.transaction(async (tx) => {
    await lockKeysIn(tx, workspaceId, { ids: [id] }, 'no key update');
    const now = clock();
    const row = await findKeyInWorkspace(tx, workspaceId, id, now);
    if (row.revokedAt) return;
    await revokeKey(tx, id, reason, now);
    const after = await findKeyInWorkspace(tx, workspaceId, id, now);
    await audit.record(tx, systemActor(workspaceId), describeChange('keys.revoke', row, after));
  });
  credentials.changed({ key: id });
}

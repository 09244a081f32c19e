import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { and, eq, isNull } from 'drizzle-orm';
import { keys } from '../drizzle/schema.ts';
import { describeChange } from '../server/keys/audit-change.ts';
import { insertRow, newKeyId } from '../server/keys/create.ts';
import { findKeyInWorkspace } from '../server/keys/find.ts';
import { viewOf } from '../server/keys/key-view.ts';
import { listKeys } from '../server/keys/list.ts';
import { checkAhead, checkVocabulary } from '../server/keys/privilege-escalation.ts';
import { revokeKey } from '../server/keys/revoke.ts';
import { CreateKeyInput, Key, RevokeKeyInput } from '../server/keys/schemas.ts';
import { newPair } from '../server/keys/secret-pair.ts';
import { readPublicKey } from '../server/lib/public-key.ts';
import { readPublicKeyFile } from '../server/lib/public-key-file.ts';
import { memberOf as findMember } from '../server/membership/members.ts';
import { systemActor } from '../server/stores/audit/audit.ts';
import type { Db } from '../server/stores/database/database.ts';
import { lockKeysIn, lockWorkspaces } from '../server/stores/database/locks.ts';
import { ENVIRONMENTS } from '../shared/key-format.ts';
import type { RegisteredPublicKey } from '../shared/public-key.ts';
import { requireMember, requireWorkspace } from './accounts.ts';
import { type Json, printResult, printResultOnce, sanitizeForTerminal, table, withJson } from './answer.ts';
import { type CliContext, ensureTokenKey, withCliContext } from './context.ts';
import { CommandError } from './failure.ts';
import { readInput } from './input.ts';
import { integerOption } from './integer-option.ts';

const WORKSPACE = '--workspace <id>';
const STATUSES = Key.shape.status.options;

export function addKeys(program: Command): void {
  const group = program.command('keys').description('API keys of a workspace: list, create, revoke');
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
    .requiredOption('--name <text>', 'a name for people')
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
      'a public key (PEM, JWK or a line of ssh) that verifies the signatures of the key; then it has no signing secret',
    )
    .option('--expires <moment>', 'when the key expires: ISO 8601, UTC, such as 2030-01-31T00:00:00Z')
    .action(create);
  withJson(group.command('revoke'))
    .description('Revoke a key for good: every instance refuses it from the next request on')
    .argument('<key>', 'the id of the key')
    .option('--reason <text>', 'why you revoke it, for the record')
    .action(revoke);
}

interface ListOptions extends Json {
  readonly workspace: string;
  readonly status?: Key['status'];
  readonly search?: string;
  readonly limit: number;
  readonly cursor?: string;
}

async function list({ workspace, status, search, limit, cursor, json = false }: ListOptions): Promise<void> {
  await withCliContext(async (desk) => {
    await requireWorkspace(desk, workspace);
    const page = await listKeys(desk, {
      ...{ workspaceId: workspace, asked: { limit, search, cursor, status } },
      ...{ begun: performance.now(), inTurn: (read) => read() },
    });
    const items = page.rows.map((row) => viewOf(row, desk));
    const rows = items.map((key) => [
      key.id,
      key.environment,
      key.status,
      sanitizeForTerminal(key.name),
      key.permissions.join(' '),
    ]);
    const more = page.nextCursor === null ? '' : `\nMore: --cursor ${page.nextCursor}`;
    const text = table(['key', 'environment', 'status', 'name', 'permissions'], rows) + more;
    printResult({ json }, { items, nextCursor: page.nextCursor }, text);
  });
}

interface CreateOptions extends Json {
  readonly workspace: string;
  readonly name: string;
  readonly permissions: string[];
  readonly environment: string;
  readonly owner?: string;
  readonly expires?: string;
  readonly publicKey?: string;
}

async function create(options: CreateOptions): Promise<void> {
  const { workspace: workspaceId, name, permissions, environment, owner, expires } = options;
  const input = readInput(CreateKeyInput, { name, environment, permissions, expiresAt: expires });
  const registered = options.publicKey === undefined ? null : await readRegistered(options.publicKey);
  await withCliContext(async (desk) => {
    const { database, vault, config, clock, audit } = desk;
    checkVocabulary(input.permissions, config.permissions);
    checkAhead(input.expiresAt, clock());
    await requireWorkspace(desk, workspaceId);
    const ownerId = owner === undefined ? null : await requireMember(desk, workspaceId, owner);
    await ensureTokenKey(desk);
    const id = newKeyId();
    const made = {
      workspaceId,
      ownerId,
      name: input.name,
      environment: input.environment,
      permissions: input.permissions,
      expiresAt: input.expiresAt === undefined ? null : new Date(input.expiresAt),
      createdAt: new Date(clock()),
    };
    await database.db.transaction(async (tx) => {
      await lockForKey(tx, made);
      const pair = newPair(vault, config.brand, made.environment, id, registered);
      const { secret, signingSecret } = pair;
      await insertRow(tx, pair.columns, { ...made, id });
      const after = await findKeyInWorkspace(tx, workspaceId, id, clock());
      await audit.record(tx, systemActor(workspaceId), describeChange('keys.create', null, after));
      const half = registered
        ? `public key      ${registered.algorithm} ${registered.thumbprint}`
        : `signing secret  ${signingSecret}`;
      const text = `The secrets of ${id}, shown only once:\nAPI key         ${secret}\n${half}`;
      printResultOnce(options, { key: viewOf(after, desk), secret, signingSecret }, text);
    });
  });
}

/**
 * Reads the file of a public key. Its owner does not prove here to have the private key: who runs this command holds the
 * database.
 */
async function readRegistered(file: string): Promise<RegisteredPublicKey> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} cannot be read: ${error.code ?? error.message}.`);
  });
  const jwk = readPublicKeyFile(text);
  if (!jwk)
    throw new CommandError(
      `${file} has no public key: give PEM ("BEGIN PUBLIC KEY"), a JWK, or a line of ssh.`,
    );
  // Neither PEM nor ssh says how an RSA key signs.
  const key = readPublicKey(
    jwk['kty'] === 'RSA' && jwk['alg'] === undefined ? { ...jwk, alg: 'PS512' } : jwk,
  );
  if (typeof key === 'string') throw new CommandError(`The public key in ${file} ${key}.`);
  return key;
}

/**
 * Locks the workspace, so that its member does not leave it while the key is made.
 * @throws CommandError if the workspace or the member no longer exists
 */
async function lockForKey(
  tx: Db,
  { workspaceId, ownerId }: { readonly workspaceId: string; readonly ownerId: string | null },
): Promise<void> {
  const [workspace] = await lockWorkspaces(tx, [workspaceId], 'to read');
  const belongs = ownerId === null || (await findMember(tx, workspaceId, ownerId)) !== null;
  if (!workspace || !belongs)
    throw new CommandError('The workspace or its member was removed in the meantime.');
}

async function revoke(id: string, { reason, ...options }: Json & { reason?: string }): Promise<void> {
  const input = readInput(RevokeKeyInput, { id, reason });
  await withCliContext(async (desk) => {
    const { db } = desk.database;
    const [row] = await db
      .select({ workspaceId: keys.workspaceId })
      .from(keys)
      .where(and(eq(keys.id, input.id), isNull(keys.deletedAt)));
    if (!row)
      throw new CommandError(
        `There is no key "${sanitizeForTerminal(id)}". Run keyseal keys list to see the keys of a workspace.`,
      );
    await revokeRecorded(desk, row.workspaceId, input.id, input.reason ?? null);
    const key = await viewIn(desk, row.workspaceId, input.id);
    printResult(
      options,
      key,
      `${key.id} (${sanitizeForTerminal(key.name)}) was revoked at ${key.revokedAt}.`,
    );
  });
}

async function viewIn(desk: CliContext, workspaceId: string, id: string): Promise<Key> {
  return viewOf(await findKeyInWorkspace(desk.database.db, workspaceId, id, desk.clock()), desk);
}

/** Repeating it changes nothing. */
async function revokeRecorded(
  { database, credentials, audit, clock }: CliContext,
  workspaceId: string,
  id: string,
  reason: string | null,
): Promise<void> {
  await database.db.transaction(async (tx) => {
    await lockKeysIn(tx, workspaceId, { ids: [id] }, 'to change');
    const now = clock();
    const row = await findKeyInWorkspace(tx, workspaceId, id, now);
    if (row.revokedAt) return;
    await revokeKey(tx, id, reason, now);
    const after = await findKeyInWorkspace(tx, workspaceId, id, now);
    await audit.record(tx, systemActor(workspaceId), describeChange('keys.revoke', row, after));
  });
  credentials.changed({ key: id });
}

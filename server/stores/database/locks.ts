import { createHash } from 'node:crypto';
import { and, asc, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm';
import { sessions, users } from '../../../drizzle/schema/accounts.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import type { Db } from './database.ts';

/**
 * Row locks of one transaction. Every transaction takes them in one order, so that no two wait for each other:
 * workspaces by id, users by id, one session, external owners by name, an exchange rule and a token, keys by id, and the head of
 * the audit log last. A transaction that changes exchange rules has locked the workspace `for no key update`, and may lock the
 * calling key before.
 *
 * The strengths are those of Postgres: `share` conflicts with every change of the row but not with other readers; `no key update`
 * and `update` conflict with both. `update` is for a change of a column that other tables may refer to.
 */
type LockStrength = 'share' | 'no key update' | 'update';

const ADVISORY_LOCK = {
  share: sql`pg_advisory_xact_lock_shared`,
  'no key update': sql`pg_advisory_xact_lock`,
  update: sql`pg_advisory_xact_lock`,
} as const satisfies Record<LockStrength, SQL>;

/**
 * A SQL condition that takes advisory locks for some rows, in the order of their names, so that the row locks of the same
 * statement are granted in the order of arrival. It needs no separate statement.
 *
 * Postgres lets a reader lock a row that others read, past a change that waits for them: callers who keep reading would
 * hold up the removal of their own rights until it times out. Advisory locks are granted in the order of arrival, so a
 * change waits for the readers before it and stops those after it. The row locks stay: they guarantee the exclusion.
 * @param names at least one, of rows that the caller may lock. A name with an id from the input also contains the id of the
 *   workspace, so that no caller waits in the queue of another workspace
 */
export function queueFor(names: readonly string[], strength: LockStrength): SQL {
  const advisoryKeys = sql.join(
    [...new Set(names)].sort().map((name) => sql`(${lockKeyOf(name)}::bigint)`),
    sql`, `,
  );
  return sql`(select count(${ADVISORY_LOCK[strength]}(key)) from (values ${advisoryKeys}) as lock_keys (key)) > 0`;
}

/** The key of an advisory lock: 64 bits of a digest, so that an attacker finds no two names with the same key. */
const lockKeyOf = (name: string): string =>
  createHash('sha256').update(`keyseal ${name}`).digest().readBigInt64BE().toString();

export type WorkspaceRow = typeof workspaces.$inferSelect;
export type UserRow = typeof users.$inferSelect;

/**
 * Locks a workspace until the transaction ends; null if it no longer exists. Membership changes run one at a time, so each sees
 * the result of those before. Many may create keys at once, and no transaction can delete the workspace in the meantime. A
 * transaction that locks several takes them in the order of their ids, and before any other row.
 */
export async function lockWorkspace(
  tx: Db,
  id: string,
  strength: LockStrength,
): Promise<WorkspaceRow | null> {
  const [row] = await tx
    .select()
    .from(workspaces)
    .where(and(queueFor([`workspace ${id}`], strength), eq(workspaces.id, id), isNull(workspaces.deletedAt)))
    .for(strength);
  return row ?? null;
}

/** Locks workspaces so that no member joins, leaves or gets another role. @returns those that exist */
export async function lockWorkspaces(
  tx: Db,
  ids: readonly string[],
  strength: LockStrength,
): Promise<WorkspaceRow[]> {
  const locked: WorkspaceRow[] = [];
  for (const id of [...new Set(ids)].sort()) {
    const workspace = await lockWorkspace(tx, id, strength);
    if (workspace) locked.push(workspace);
  }
  return locked;
}

/**
 * Locks an account until the transaction ends; null if there is none. A transaction that ends a session locks its user `for no
 * key update`, because every transaction that locks a session `for share` locks its user first.
 */
export async function lockUser(tx: Db, id: string, strength: LockStrength): Promise<UserRow | null> {
  const [row] = await tx
    .select()
    .from(users)
    .where(and(queueFor([`user ${id}`], strength), eq(users.id, id)))
    .for(strength);
  return row ?? null;
}

/** Locks accounts, each with its own strength: none is disabled, deleted or given another password in the meantime. */
export async function lockUsers(tx: Db, wanted: ReadonlyMap<string, LockStrength>): Promise<void> {
  for (const [id, strength] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)))
    await lockUser(tx, id, strength);
}

/** Locks a session, so that no other transaction ends it in the meantime. The transaction has locked its user. */
export async function lockSession(tx: Db, id: string): Promise<void> {
  await tx.select({ id: sessions.id }).from(sessions).where(eq(sessions.id, id)).for('share');
}

/**
 * Locks keys in the order of their ids, whatever the plan of the statement that changes them afterwards. The transaction
 * has locked `for no key update` what all of their callers lock `for share`: the workspace, or the external owner.
 */
export async function lockKeys(tx: Db, which: SQL | undefined, strength: LockStrength): Promise<void> {
  await tx.select({ id: keys.id }).from(keys).where(which).orderBy(asc(keys.id)).for(strength);
}

/**
 * Locks keys of one workspace by their ids, with those of an external owner: no transaction locks another workspace's rows.
 * @param ids at least one, if there is no external owner
 */
export async function lockKeysIn(
  tx: Db,
  workspaceId: string,
  {
    ids,
    externalOwnerId,
  }: { readonly ids: readonly string[]; readonly externalOwnerId?: string | undefined },
  strength: LockStrength,
): Promise<void> {
  const names = ids.map((id) => `key ${workspaceId} ${id}`);
  const which = or(
    inArray(keys.id, [...ids]),
    externalOwnerId === undefined ? undefined : eq(keys.externalOwnerId, externalOwnerId),
  );
  const queue = names.length === 0 ? undefined : queueFor(names, strength);
  await lockKeys(tx, and(queue, eq(keys.workspaceId, workspaceId), which), strength);
}

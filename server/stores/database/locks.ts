import { and, asc, eq, inArray, isNull, or, type SQL } from 'drizzle-orm';
import { keys, sessions, users, workspaces } from '../../../drizzle/schema.ts';
import type { Db } from './database.ts';

/**
 * Row locks of one transaction. Every transaction takes them in one order, so that no two wait for each other:
 * workspaces by id, users by id, one session, the external owner, keys by id, and the head of the audit log last.
 *
 * `to read` conflicts with every change of the row but not with other readers; `to change` conflicts with both.
 */
type Why = 'to read' | 'to change';

const STRENGTH = { 'to read': 'share', 'to change': 'no key update' } as const;

export type WorkspaceRow = typeof workspaces.$inferSelect;

/**
 * Locks a workspace until the transaction ends; null if it no longer exists. Membership changes run one at a
 * time, so each sees the result of those before. Many may create keys at once, and meanwhile nobody can delete the
 * workspace. A transaction that locks several takes them in the order of their ids, and before any other row.
 */
export async function lockWorkspace(
  tx: Db,
  id: string,
  why: 'to change' | 'to make a key in it',
): Promise<WorkspaceRow | null> {
  const [row] = await tx
    .select()
    .from(workspaces)
    .where(and(eq(workspaces.id, id), isNull(workspaces.deletedAt)))
    .for(why === 'to change' ? 'no key update' : 'share');
  return row ?? null;
}

/** Locks workspaces so that nobody joins or leaves them, or gets another role. @returns those that exist */
export async function lockWorkspaces(tx: Db, ids: readonly string[], why: Why): Promise<WorkspaceRow[]> {
  const locked: WorkspaceRow[] = [];
  for (const id of [...new Set(ids)].sort()) {
    const workspace = await lockWorkspace(tx, id, why === 'to change' ? why : 'to make a key in it');
    if (workspace) locked.push(workspace);
  }
  return locked;
}

/** Locks accounts, each with its own strength: none is disabled, deleted or given another password meanwhile. */
export async function lockUsers(tx: Db, wanted: ReadonlyMap<string, Why>): Promise<void> {
  for (const [id, why] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await tx.select({ id: users.id }).from(users).where(eq(users.id, id)).for(STRENGTH[why]);
  }
}

/** Locks a session, so that nobody ends it meanwhile. */
export async function lockSession(tx: Db, id: string): Promise<void> {
  await tx.select({ id: sessions.id }).from(sessions).where(eq(sessions.id, id)).for('share');
}

/** Locks keys in the order of their ids, whatever the plan of the statement that changes them afterwards. */
export async function lockKeys(tx: Db, which: SQL | undefined, why: Why): Promise<void> {
  await tx.select({ id: keys.id }).from(keys).where(which).orderBy(asc(keys.id)).for(STRENGTH[why]);
}

/** Keys of one workspace by their ids, with those of an external owner: nobody locks another workspace's rows. */
export const keysIn = (workspaceId: string, ids: readonly string[], externalOwnerId?: string) =>
  and(
    eq(keys.workspaceId, workspaceId),
    or(
      inArray(keys.id, [...ids]),
      externalOwnerId === undefined ? undefined : eq(keys.externalOwnerId, externalOwnerId),
    ),
  );

import { and, asc, eq, gt, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { passwordResets } from '../../drizzle/schema/accounts.ts';
import { keys } from '../../drizzle/schema/keys.ts';
import { invitations, memberships } from '../../drizzle/schema/memberships.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import type { BackOff } from '../lib/concurrency/back-off.ts';
import { isAfterKey, type KeyPosition } from '../stores/credentials/key-position.ts';
import type { Db } from '../stores/database/database.ts';
import { lockKeys } from '../stores/database/locks.ts';
import { raiseRev } from '../stores/database/rev.ts';
import { visitEach } from '../stores/database/visit-each.ts';
import type { Stores } from '../stores/stores.ts';
import { type Part, ROWS_PER_PART, runInParts } from './run-in-parts.ts';

/** Ends some of a deleted workspace's rows. @returns whether there may be more */
type PartOf = (tx: Db, workspaceId: string) => ReturnType<Part>;

/**
 * Revokes the keys of deleted workspaces, withdraws their invitations and links, and removes their members, a part at a time.
 * None of these has been admitted since the deletion, so nobody waits for it. If the process ends in between, the next run does
 * the rest.
 * @param stopping ends it after the current part
 * @param backOff the workspaces that failed before
 * @throws ItemsFailedError once it has tried every workspace
 */
export const emptyDeletedWorkspaces = (
  { database }: Pick<Stores, 'database'>,
  stopping: AbortSignal,
  backOff?: BackOff,
): Promise<void> =>
  visitEach(database, {
    next: nextDeleted,
    nameOf: (id: string) => id,
    visit: (db, id) => emptyWorkspace(db, id, stopping),
    stopping,
    backOff,
  });

const isToBeEmptied = and(isNotNull(workspaces.deletedAt), isNull(workspaces.emptiedAt));

/** The id of the next workspace that is deleted and not empty; null after the last. */
async function nextDeleted(db: Db, after: string | null): Promise<string | null> {
  const [next] = await db
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(and(isToBeEmptied, gt(workspaces.id, after ?? '')))
    .orderBy(asc(workspaces.id))
    .limit(1);
  return next?.id ?? null;
}

async function emptyWorkspace(db: Db, id: string, stopping: AbortSignal): Promise<void> {
  let hasBegun = false;
  for (const part of [keyRevocation(), withdrawInvitations, spendLinks, removeMembers, markEmpty]) {
    let isOurs = true;
    const runPart = async (tx: Db) => {
      isOurs = await lockDeleted(tx, id, hasBegun);
      hasBegun = true;
      return isOurs && part(tx, id);
    };
    await runInParts(db, runPart, stopping);
    if (!isOurs || stopping.aborted) return;
  }
}

/**
 * Locks a deleted workspace until the transaction ends.
 * @param waits for another instance that has locked it: a call that gave up in the middle would begin again at the first key
 * @returns false if it is empty or, without a wait, another instance empties it
 */
async function lockDeleted(tx: Db, id: string, waits: boolean): Promise<boolean> {
  const locked = await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(and(eq(workspaces.id, id), isToBeEmptied))
    .for('no key update', waits ? {} : { skipLocked: true });
  return locked.length > 0;
}

/** When the rows of a workspace ended. */
const deletionOf = (workspaceId: string): SQL =>
  sql`(select ${workspaces.deletedAt} from ${workspaces} where ${workspaces.id} = ${workspaceId})`;

/** Walks all keys in the order of an index, since no index contains only live keys. */
function keyRevocation(): PartOf {
  let last: KeyPosition | null = null;
  return async (tx, workspaceId) => {
    const walked = await tx
      .select({ id: keys.id, createdAt: sql<string>`${keys.createdAt}::text`, revokedAt: keys.revokedAt })
      .from(keys)
      .where(and(eq(keys.workspaceId, workspaceId), last ? isAfterKey(last) : undefined))
      .orderBy(asc(keys.createdAt), asc(keys.id))
      .limit(ROWS_PER_PART);
    const live = walked.filter(({ revokedAt }) => revokedAt === null).map(({ id }) => id);
    if (live.length > 0) {
      await lockKeys(tx, inArray(keys.id, live), 'no key update');
      const end = { revokedAt: deletionOf(workspaceId), revokedReason: 'The workspace was deleted.' };
      await tx
        .update(keys)
        .set({ ...end, rev: raiseRev(keys.rev) })
        .where(and(inArray(keys.id, live), isNull(keys.revokedAt)));
    }
    last = walked.at(-1) ?? null;
    return walked.length === ROWS_PER_PART;
  };
}

const withdrawInvitations: PartOf = async (tx, workspaceId) => {
  const { id, acceptedAt, revokedAt, createdAt } = invitations;
  const open = and(eq(invitations.workspaceId, workspaceId), isNull(acceptedAt), isNull(revokedAt));
  const some = tx.select({ id }).from(invitations).where(open).orderBy(asc(createdAt), asc(id));
  const ended = await tx
    .update(invitations)
    .set({ revokedAt: deletionOf(workspaceId) })
    .where(inArray(id, some.limit(ROWS_PER_PART)))
    .returning({ id });
  return ended.length === ROWS_PER_PART;
};

const spendLinks: PartOf = async (tx, workspaceId) => {
  const { tokenHash, spentAt } = passwordResets;
  const open = and(eq(passwordResets.workspaceId, workspaceId), isNull(spentAt));
  const some = tx.select({ tokenHash }).from(passwordResets).where(open).limit(ROWS_PER_PART);
  const ended = await tx
    .update(passwordResets)
    .set({ spentAt: deletionOf(workspaceId) })
    .where(inArray(tokenHash, some))
    .returning({ tokenHash });
  return ended.length === ROWS_PER_PART;
};

const removeMembers: PartOf = async (tx, workspaceId) => {
  const { userId, removedAt } = memberships;
  const current = and(eq(memberships.workspaceId, workspaceId), isNull(removedAt));
  // Their keys are revoked by now.
  const end = { removedAt: deletionOf(workspaceId), keysEndedAt: deletionOf(workspaceId) };
  const some = tx.select({ userId }).from(memberships).where(current).orderBy(asc(userId));
  const ended = await tx
    .update(memberships)
    .set({ ...end, rev: raiseRev(memberships.rev) })
    .where(and(current, inArray(userId, some.limit(ROWS_PER_PART))))
    .returning({ userId });
  return ended.length === ROWS_PER_PART;
};

const markEmpty: PartOf = async (tx, id) => {
  await tx.update(workspaces).set({ emptiedAt: sql`now()` }).where(eq(workspaces.id, id));
  return false;
};

import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { memberships } from '../../drizzle/schema/memberships.ts';
import type { BackOff } from '../lib/concurrency/back-off.ts';
import {
  disableSomeKeysOf,
  FormerKeysLeft,
  type PersonInWorkspace,
} from '../stores/credentials/delegated-access.ts';
import type { Db, Transactions } from '../stores/database/database.ts';
import { visitEach } from '../stores/database/visit-each.ts';
import type { Stores } from '../stores/stores.ts';
import { ROWS_PER_PART, runInParts } from './run-in-parts.ts';

/** How many times a user may leave again while they join. */
const ATTEMPTS = 3;

const hasFormerKeys = and(isNotNull(memberships.removedAt), isNull(memberships.keysEndedAt));

/**
 * Disables the keys of people who have left a workspace, a part at a time. None of them has been admitted since. If the process
 * ends in between, the next run does the rest.
 * @param stopping ends it after the current part
 * @param backOff the people whose keys failed before
 * @throws ItemsFailedError once it has tried everyone
 */
export const disableKeysOfFormerMembers = (
  { database }: Pick<Stores, 'database'>,
  stopping: AbortSignal,
  backOff?: BackOff,
): Promise<void> =>
  visitEach(database, {
    next: nextFormerMember,
    nameOf: ({ workspaceId, userId }: PersonInWorkspace) => `${workspaceId} ${userId}`,
    visit: (db, person) => disableFormerKeys(db, person, stopping),
    stopping,
    backOff,
  });

/** The next user who has left a workspace, and may have keys there; null after the last. */
async function nextFormerMember(db: Db, after: PersonInWorkspace | null): Promise<PersonInWorkspace | null> {
  const { workspaceId, userId } = memberships;
  const behind =
    after && sql`(${workspaceId}, ${userId}) > (${after.workspaceId}::text, ${after.userId}::text)`;
  const [next] = await db
    .select({ workspaceId, userId })
    .from(memberships)
    .where(and(hasFormerKeys, behind ?? undefined))
    .orderBy(asc(workspaceId), asc(userId))
    .limit(1);
  return next ?? null;
}

/**
 * Disables the keys that a user left in a workspace. A user who has returned in the meantime may have enabled some, which stay
 * enabled.
 */
function disableFormerKeys(
  db: Transactions,
  person: PersonInWorkspace,
  stopping?: AbortSignal,
): Promise<void> {
  const { workspaceId, userId } = person;
  const which = and(eq(memberships.workspaceId, workspaceId), eq(memberships.userId, userId), hasFormerKeys);
  const disableSome = async (tx: Db) => {
    const left = tx.select({ userId: memberships.userId }).from(memberships).where(which);
    if ((await left.for('no key update')).length === 0) return false;
    if (await disableSomeKeysOf(tx, person, ROWS_PER_PART)) return true;
    await tx.update(memberships).set({ keysEndedAt: sql`now()` }).where(which);
    return false;
  };
  return runInParts(db, disableSome, stopping);
}

/** Runs a transaction in which a user may join a workspace again: the keys of an earlier membership are disabled first. */
export async function withoutFormerKeys<T>(db: Transactions, join: (tx: Db) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(join);
    } catch (error) {
      if (!(error instanceof FormerKeysLeft) || attempt === ATTEMPTS) throw error;
      await disableFormerKeys(db, error.person);
    }
  }
}

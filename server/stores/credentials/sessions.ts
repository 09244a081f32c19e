import { and, desc, eq, inArray, isNull, type SQL } from 'drizzle-orm';
import { sessions } from '../../../drizzle/schema/accounts.ts';
import { DAY_MS } from '../../../shared/durations.ts';
import type { Db } from '../database/database.ts';
import { isFutureSql } from '../database/is-future.ts';
import { raiseRev } from '../database/rev.ts';

/** A session that is not refreshed for this long ends. */
export const IDLE_MS = 30 * DAY_MS;

/**
 * Ends sessions. Once the transaction is committed and `credentials.changed` is called for their user, no instance
 * admits them.
 * @returns how many there were
 */
export async function endSessions(tx: Db, which: SQL | undefined, now: Date): Promise<number> {
  const ended = await tx
    .update(sessions)
    .set({ endedAt: now, idTokenSealed: null, rev: raiseRev(sessions.rev) })
    .where(and(which, isNull(sessions.endedAt)))
    .returning({ id: sessions.id });
  return ended.length;
}

/**
 * Records that sessions which began with a code no longer count as signed in with a second factor, because the account has
 * none any more. Then call `credentials.changed`.
 */
export async function clearSecondFactorMethod(tx: Db, userId: string): Promise<void> {
  await tx
    .update(sessions)
    .set({ method: 'password', rev: raiseRev(sessions.rev) })
    .where(and(eq(sessions.userId, userId), eq(sessions.method, 'password+code')));
}

/** How many live sessions a user may have. */
export const MAX_SESSIONS = 100;
/** How many sessions one sign-in ends at most; the next sign-in ends more. */
const MAX_EVICTED = 100;

/** A user's sessions that have not ended or expired. */
export const areLive = (userId: string, now: Date) =>
  and(
    eq(sessions.userId, userId),
    isNull(sessions.endedAt),
    isFutureSql(sessions.expiresAt, now),
    isFutureSql(sessions.refreshedAt, new Date(now.getTime() - IDLE_MS)),
  );

/**
 * Allows one more session of a user: ends the least recently refreshed ones if there are too many. The caller
 * must hold the lock on the person's row, so that two concurrent sign-ins see each other.
 * @returns the ids of the sessions that it ended
 */
export async function evictIdleSessions(tx: Db, userId: string, now: Date): Promise<string[]> {
  const idlest = await tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(areLive(userId, now))
    .orderBy(desc(sessions.refreshedAt), desc(sessions.id))
    .limit(MAX_EVICTED)
    .offset(MAX_SESSIONS - 1);
  const ids = idlest.map(({ id }) => id);
  if (ids.length === 0) return [];
  await endSessions(tx, inArray(sessions.id, ids), now);
  return ids;
}

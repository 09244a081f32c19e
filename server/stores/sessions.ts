import { and, isNull, type SQL, sql } from 'drizzle-orm';
import { sessions } from '../../drizzle/schema.ts';
import type { Db } from './database.ts';

/**
 * Ends sessions. Once the transaction is committed and `credentials.changed` was told of their user, no instance
 * admits them.
 * @returns how many there were
 */
export async function endSessions(tx: Db, which: SQL | undefined, now: Date): Promise<number> {
  const ended = await tx
    .update(sessions)
    .set({ endedAt: now, rev: sql`${sessions.rev} + 1` })
    .where(and(which, isNull(sessions.endedAt)))
    .returning({ id: sessions.id });
  return ended.length;
}

import { and, eq, isNull, sql } from 'drizzle-orm';
import { sessions, users } from '../../drizzle/schema.ts';
import { endSessions } from './sessions.ts';
import type { Stores } from './stores.ts';

/**
 * Disables a person, or enables them again. Once this returns, no instance admits a disabled one's sessions, which are
 * over for good, nor keys that are theirs, which work again when they are enabled.
 * @returns false where there is no such account any more
 */
export async function setUserDisabled(stores: Stores, userId: string, disabled: boolean): Promise<boolean> {
  const { database, credentials, clock } = stores;
  const now = new Date(clock());
  const known = await database.db.transaction(async (tx) => {
    const changed = await tx
      .update(users)
      .set({ disabledAt: disabled ? now : null, rev: sql`${users.rev} + 1` })
      .where(and(eq(users.id, userId), isNull(users.deletedAt)))
      .returning({ id: users.id });
    if (disabled) await endSessions(tx, eq(sessions.userId, userId), now);
    return changed.length > 0;
  });
  credentials.changed({ user: userId });
  return known;
}

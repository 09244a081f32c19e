import { and, eq, isNull } from 'drizzle-orm';
import { passwordResets, sessions, users } from '../../drizzle/schema/accounts.ts';
import { invitations } from '../../drizzle/schema/memberships.ts';
import { endSessions } from '../stores/credentials/sessions.ts';
import type { Db } from '../stores/database/database.ts';
import { lockUser } from '../stores/database/locks.ts';
import { raiseRev } from '../stores/database/rev.ts';
import type { Stores } from '../stores/stores.ts';
import { recordForAllWorkspaces } from './audit-all-workspaces.ts';

/**
 * Disables a user, or enables them again. Once this returns, no instance admits a disabled user's sessions or personal keys.
 * The sessions have ended permanently, and so have the invitations and links that the user made; the keys work again when the
 * user is enabled.
 * @returns the sessions that ended; null if the account no longer exists
 */
export async function setUserDisabled(
  { database, credentials, clock, audit }: Pick<Stores, 'database' | 'credentials' | 'clock' | 'audit'>,
  userId: string,
  disabled: boolean,
): Promise<number | null> {
  const now = new Date(clock());
  const ended = await database.db.transaction(async (tx) => {
    const before = await lockUser(tx, userId, 'no key update');
    if (!before || before.deletedAt) return null;
    const disabledAt = disabled ? (before.disabledAt ?? now) : null;
    await tx
      .update(users)
      .set({ disabledAt, rev: raiseRev(users.rev) })
      .where(eq(users.id, userId));
    if (disabled) await endAllDelegated(tx, userId, now);
    const count = disabled ? await endSessions(tx, eq(sessions.userId, userId), now) : 0;
    const action = disabled ? 'users.disable' : 'users.enable';
    await recordForAllWorkspaces(
      tx,
      audit,
      { userId, request: null },
      {
        action,
        before,
        after: { ...before, disabledAt },
      },
    );
    return count;
  });
  credentials.changed({ user: userId });
  return ended;
}

/**
 * Ends a disabled user's invitations and links in every workspace, and links for them: none becomes valid again with the user.
 */
async function endAllDelegated(tx: Db, userId: string, now: Date): Promise<void> {
  await revokeResetLinks(tx, userId, now);
  await tx
    .update(passwordResets)
    .set({ spentAt: now })
    .where(and(eq(passwordResets.madeBy, userId), isNull(passwordResets.spentAt)));
  const { invitedBy, acceptedAt, revokedAt } = invitations;
  await tx
    .update(invitations)
    .set({ revokedAt: now })
    .where(and(eq(invitedBy, userId), isNull(acceptedAt), isNull(revokedAt)));
}

/** Revokes all earlier links that set a user's password. */
export async function revokeResetLinks(tx: Db, userId: string, now: Date): Promise<void> {
  await tx
    .update(passwordResets)
    .set({ spentAt: now })
    .where(and(eq(passwordResets.userId, userId), isNull(passwordResets.spentAt)));
}

import { and, eq, isNull, ne } from 'drizzle-orm';
import { passwordResets, sessions, users } from '../../drizzle/schema.ts';
import type { PersonCaller } from '../gate/caller.ts';
import { Refusal } from '../refusal.ts';
import type { Doing } from '../stores/audit.ts';
import type { Db } from '../stores/database.ts';
import { endSessions } from '../stores/sessions.ts';
import type { Context, Service } from '../trpc.ts';
import { paced } from './guesses.ts';
import { hashPassword, verifyPassword } from './passwords.ts';

type User = typeof users.$inferSelect;

/**
 * The caller's account, where this is their password: a session that was stolen is not enough. Paced as a sign-in is.
 * Refuses with CREDENTIALS_INVALID.
 */
export async function proveAgain(
  service: Service,
  { userId }: PersonCaller,
  password: string,
  address: string,
): Promise<User> {
  const { db } = service.stores.database;
  const [user] = await db.select().from(users).where(eq(users.id, userId));
  if (!user) throw new Refusal('CREDENTIALS_INVALID');
  return paced(service, user.email, address, async () => {
    if (!(await verifyPassword(password, user.passwordHash))) throw new Refusal('CREDENTIALS_INVALID');
    return user;
  });
}

/**
 * Changes the caller's password and ends their other sessions, at once on every instance.
 * Refuses with CREDENTIALS_INVALID where the current password is wrong, or is not the current one any more.
 */
export async function changePassword(
  service: Service,
  doing: Doing & Pick<Context, 'request'> & { readonly caller: PersonCaller },
  { currentPassword, newPassword }: { readonly currentPassword: string; readonly newPassword: string },
): Promise<void> {
  const { database, credentials, clock, audit } = service.stores;
  const { caller, request } = doing;
  const user = await proveAgain(service, caller, currentPassword, request.address);
  const passwordHash = await hashPassword(newPassword);
  await database.db.transaction(async (tx) => {
    const now = new Date(clock());
    const changed = await tx
      .update(users)
      .set({ passwordHash })
      .where(and(eq(users.id, user.id), eq(users.passwordHash, user.passwordHash)))
      .returning({ id: users.id });
    if (changed.length === 0) throw new Refusal('CREDENTIALS_INVALID');
    await endSessions(tx, and(eq(sessions.userId, user.id), ne(sessions.id, caller.session.id)), now);
    await voidResets(tx, user.id, now);
    await audit.record(tx, doing, passwordChange('auth.changePassword', user.id, now));
  });
  credentials.changed({ user: user.id });
}

/** A password that was changed, as a record has it: nothing of the password. */
export const passwordChange = (action: string, userId: string, now: Date) =>
  ({ action, kind: 'user', subject: userId, before: {}, after: { passwordChangedAt: now } }) as const;

/** No link that was made before sets a person's password any more. */
export async function voidResets(tx: Db, userId: string, now: Date): Promise<void> {
  await tx
    .update(passwordResets)
    .set({ spentAt: now })
    .where(and(eq(passwordResets.userId, userId), isNull(passwordResets.spentAt)));
}

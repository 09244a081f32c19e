import { and, eq, ne } from 'drizzle-orm';
import { sessions, users } from '../../drizzle/schema/accounts.ts';
import type { SessionUserCaller } from '../gate/caller/caller.ts';
import { requireLiveSession } from '../gate/lock-caller.ts';
import { Refusal } from '../lib/refusal.ts';
import { recordForAllWorkspaces } from '../membership/audit-all-workspaces.ts';
import { revokeResetLinks } from '../membership/users.ts';
import type { Context, Service } from '../rpc/trpc.ts';
import { endSessions } from '../stores/credentials/sessions.ts';
import type { Db } from '../stores/database/database.ts';
import { lockUser } from '../stores/database/locks.ts';
import { throttleLogin } from './login-throttle.ts';
import { queueSignedIn } from './password-queue.ts';
import { hashPassword, refuseCommon, verifyPassword } from './passwords.ts';

type User = typeof users.$inferSelect;

/**
 * The caller's account, if this is their password: a stolen session is not enough. Throttled like a sign-in.
 * Refuses with CREDENTIALS_INVALID.
 */
export async function reauthenticate(
  service: Service,
  caller: SessionUserCaller,
  password: string,
  address: string | null,
): Promise<User> {
  const { db } = service.stores.database;
  const [user] = await db.select().from(users).where(eq(users.id, caller.userId));
  if (!user) throw new Refusal('CREDENTIALS_INVALID');
  // A session counts its own failures, so an attacker who guesses the account's password elsewhere does not slow it down.
  const check = async () => {
    if (!(await verifyPassword(password, user.passwordHash))) throw new Refusal('CREDENTIALS_INVALID');
    return user;
  };
  const attempt = { email: user.email, address, knownClient: caller.session.id, check };
  return throttleLogin(service, attempt, (work) => queueSignedIn(caller, address, work));
}

/**
 * Locks the caller's account to change, by their current rights: the session is live, and the password that they gave is still
 * the account's. Refuses with SESSION_ENDED and CREDENTIALS_INVALID.
 * @param passwordHash of the account when the password was verified
 */
export async function lockReauthenticated(
  tx: Db,
  stores: Service['stores'],
  caller: SessionUserCaller,
  passwordHash: string,
): Promise<void> {
  const user = await lockUser(tx, caller.userId, 'no key update');
  await requireLiveSession(tx, stores, caller);
  if (user?.passwordHash !== passwordHash) throw new Refusal('CREDENTIALS_INVALID');
}

/**
 * Changes the caller's password and ends their other sessions, at once on every instance. Refuses with CREDENTIALS_INVALID if
 * the current password is wrong, or was replaced in the meantime, with SESSION_ENDED if the session was ended in the meantime.
 */
export async function changePassword(
  service: Service,
  { caller, request }: Pick<Context, 'request'> & { readonly caller: SessionUserCaller },
  { currentPassword, newPassword }: { readonly currentPassword: string; readonly newPassword: string },
): Promise<void> {
  const { writes, credentials, clock, audit } = service.stores;
  const user = await reauthenticate(service, caller, currentPassword, request.address);
  await refuseCommon(newPassword, 'newPassword', [user.email, user.name, service.config.brand]);
  const passwordHash = await queueSignedIn(caller, request.address, () => hashPassword(newPassword));
  await writes.transaction(caller.session.payer, async (tx) => {
    await lockReauthenticated(tx, service.stores, caller, user.passwordHash);
    const now = new Date(clock());
    await tx.update(users).set({ passwordHash }).where(eq(users.id, user.id));
    await endSessions(tx, and(eq(sessions.userId, user.id), ne(sessions.id, caller.session.id)), now);
    await revokeResetLinks(tx, user.id, now);
    const change = { action: 'auth.changePassword', before: {}, after: { passwordChangedAt: now } };
    await recordForAllWorkspaces(tx, audit, { userId: user.id, request }, change);
  });
  credentials.changed({ user: user.id });
}

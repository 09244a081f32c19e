import { Refusal } from '../lib/refusal.ts';
import type { Context } from '../rpc/trpc.ts';
import type { Db } from '../stores/database/database.ts';
import { lockUser } from '../stores/database/locks.ts';
import { type Account, findAccount } from './accounts.ts';
import { admitPerson } from './admitted-session.ts';
import { knownBrowser } from './known-browser.ts';
import { throttleLogin } from './login-throttle.ts';
import { queueUnauthenticated, queueUnauthenticatedWrite } from './password-queue.ts';
import { verifyPassword } from './passwords.ts';
import type { SignInInput } from './schemas.ts';
import { newChallenge } from './second-factor/challenge.ts';
import { hasSecondFactor } from './second-factor/factor.ts';

/**
 * Begins a session if the password is correct, and ends the most idle session if there are too many. An unknown e-mail
 * address, a wrong password and a disabled user get the same response, in the same time: CREDENTIALS_INVALID.
 * @returns a challenge instead of a session if the account has a second factor
 */
export async function signIn({ service, request }: Pick<Context, 'service' | 'request'>, input: SignInInput) {
  const knownClient = knownBrowser({ service, request }, input.email);
  const inTurn = <T>(work: () => Promise<T>) => queueUnauthenticated(request.address, work);
  const { db } = service.stores.database;
  const check = async () => {
    const found = await findAccount(db, input.email);
    const right = await verifyPassword(input.password, found?.user.passwordHash ?? null);
    if (!found || !right || found.user.disabledAt) throw new Refusal('CREDENTIALS_INVALID');
    return { account: found, isLast: !(await hasSecondFactor(db, found.user.id)) };
  };
  // A password does not reset the count of wrong codes: a guesser would get any number of attempts.
  const isFinal = (right: Awaited<ReturnType<typeof check>>) => right.isLast;
  const attempt = { email: input.email, address: request.address, knownClient, check, isFinal };
  const { account, isLast } = await throttleLogin(service, attempt, inTurn);
  if (!isLast)
    return { next: 'totp' as const, challenge: newChallenge({ service }, account.user, knownClient) };
  const { database, audit, credentials } = service.stores;
  const { user, workspaceId } = account;
  const { session, ended } = await queueUnauthenticatedWrite(database, request.address, async (tx) => {
    await lockIfPasswordUnchanged(tx, account);
    if (await hasSecondFactor(tx, account.user.id))
      throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'a second factor was confirmed in the meantime');
    const origin = { action: 'auth.signIn', identity: null, method: 'password' } as const;
    const { changes, ...admitted } = await admitPerson({ service, request }, tx, account, origin);
    const actor = { caller: { kind: 'user', userId: user.id, workspaceId }, request } as const;
    await audit.recordAll(tx, actor, changes);
    return admitted;
  });
  for (const id of ended) credentials.changed({ session: id });
  return { next: null, user, session };
}

/**
 * Begins no session with a password that was changed since it was checked: the change ends the existing sessions, and waits for
 * those that are beginning. Sessions of one user begin one after the other.
 */
async function lockIfPasswordUnchanged(tx: Db, { user }: Account): Promise<void> {
  const now = await lockUser(tx, user.id, 'no key update');
  if (!now || now.passwordHash !== user.passwordHash || now.disabledAt)
    throw new Refusal('CREDENTIALS_INVALID');
}

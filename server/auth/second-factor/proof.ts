import type { SessionUserCaller } from '../../gate/caller.ts';
import { requireLiveSession } from '../../gate/lock-caller.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Context } from '../../rpc/trpc.ts';
import type { Db } from '../../stores/database/database.ts';
import { lockUser } from '../../stores/database/locks.ts';
import { throttleLogin } from '../login-throttle.ts';
import { lockReauthenticated, reauthenticate } from '../password-change.ts';
import { recoveryCodeOf } from './codes.ts';
import { findFactor, type SecondFactor, spendCode } from './factor.ts';
import { countGuess, guessesOf } from './guesses.ts';

/** A procedure's context with the person who called. */
export type UserContext = Pick<Context, 'service' | 'request'> & { readonly caller: SessionUserCaller };

/** What a person gives besides their session. */
interface Proof {
  readonly password?: string | undefined;
  /** Of the authenticator app, or a recovery code. An account with a second factor requires it. */
  readonly code?: string | undefined;
}

/** The same for a change of how the account is opened. */
export interface RequiredProof extends Proof {
  readonly password: string;
}

/** What was proven, under the lock on the person's row. */
interface Proven {
  /** The second factor, confirmed or not; null if the account has none. */
  readonly factor: SecondFactor | null;
  readonly now: Date;
  /** Of the account whose password was right; null if none was given. */
  readonly passwordHash: string | null;
  /** For the audit log: that a recovery code was used up. */
  readonly used: { readonly recoveryCodeUsedAt?: Date };
}

/**
 * Does work in a transaction that locks the caller's account, by their current rights, once they have proven who they are: a
 * stolen session is not enough. A password, if one is given, must be right; if the account has a confirmed second factor, a
 * code of it is used up, and a code that was used at a sign-in is not accepted again. Both are throttled as at a sign-in.
 * @throws Refusal CREDENTIALS_INVALID, TOO_MANY_FAILURES; INPUT_INVALID if the account requires a code and none is given;
 *   SESSION_ENDED
 */
export async function withProof<R>(
  ctx: UserContext,
  { password, code }: Proof,
  work: (tx: Db, proven: Proven) => Promise<R>,
): Promise<R> {
  const { caller, request, service } = ctx;
  const { stores } = service;
  const passwordHash =
    password === undefined
      ? null
      : (await reauthenticate(service, caller, password, request.address)).passwordHash;
  const prove = async (tx: Db) => {
    await lockProven(tx, ctx, passwordHash);
    const factor = await findFactor(tx, caller.userId);
    const now = new Date(stores.clock());
    const used = factor?.confirmedAt ? await takeCode(tx, ctx, { factor, code, now }) : {};
    return work(tx, { factor, now, passwordHash, used });
  };
  const guesses = guessesOf(caller.userId, caller.session.id);
  // A session counts its own failures, apart from wrong passwords: the right password forgets no wrong code.
  const attempt = { email: caller.userId, address: request.address, device: caller.session.id };
  if (code === undefined) return stores.database.db.transaction(prove);
  const result = await throttleLogin(
    service,
    attempt,
    (turn) => turn(),
    async () => {
      if (recoveryCodeOf(code) === null) await countGuess(stores, guesses);
      return stores.database.db.transaction(prove);
    },
  );
  await stores.loginFailures.forget(guesses);
  return result;
}

/** Locks the caller's account, whose password is still the one that was right. */
export async function lockProven(tx: Db, { caller, service }: UserContext, passwordHash: string | null) {
  const { stores } = service;
  if (passwordHash !== null) return lockReauthenticated(tx, stores, caller, passwordHash);
  await lockUser(tx, caller.userId, 'to change');
  await requireLiveSession(tx, stores, caller);
}

interface GivenCode {
  readonly factor: SecondFactor;
  readonly code: string | undefined;
  readonly now: Date;
}

async function takeCode(tx: Db, { service }: UserContext, { factor, code, now }: GivenCode) {
  if (code === undefined) throw new Refusal('INPUT_INVALID', { issues: [CODE_NEEDED] });
  const used = await spendCode(tx, service.stores.vault, factor, code, now.getTime());
  if (!used) throw new Refusal('CREDENTIALS_INVALID');
  return used === 'recovery code' ? { recoveryCodeUsedAt: now } : {};
}

const CODE_NEEDED = { path: 'code', message: 'is required: the account has a second factor' };

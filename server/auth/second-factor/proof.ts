import type { SessionUserCaller } from '../../gate/caller/caller.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Context } from '../../rpc/trpc.ts';
import type { Db } from '../../stores/database/database.ts';
import { throttleLogin } from '../login-throttle.ts';
import { lockReauthenticated, reauthenticate } from '../password-change.ts';
import { findFactor, type SecondFactor, spendCode } from './factor.ts';
import { countGuess, guessesOf } from './guesses.ts';
import { recoveryCodeOf } from './recovery-codes.ts';

/** A procedure's context with the user who called. */
export type UserContext = Pick<Context, 'service' | 'request'> & { readonly caller: SessionUserCaller };

/** What a user must give in addition to their session, to change how they sign in. */
export interface AccountProof {
  readonly password: string;
  /** A code from the authenticator app, or a recovery code. An account with a second factor requires it. */
  readonly code?: string | undefined;
}

/** What was proven, under the lock on the person's row. */
interface Proven {
  /** The second factor, confirmed or not; null if the account has none. */
  readonly factor: SecondFactor | null;
  readonly now: Date;
  /** The digest of the hash of the correct password. */
  readonly passwordHash: string;
  /** For the audit log: that a recovery code was used up. */
  readonly used: { readonly recoveryCodeUsedAt?: Date };
}

/**
 * Does work in a transaction that locks the caller's account, by their current rights, once they have proven who they are: a
 * stolen session is not enough. The password must be correct; if the account has a confirmed second factor, a code of it is
 * used up, and a code that was used at a sign-in is not accepted again. Both are throttled like a sign-in.
 * @throws Refusal CREDENTIALS_INVALID, TOO_MANY_FAILURES; INPUT_INVALID if the account requires a code and none is given;
 *   SESSION_ENDED
 */
export async function withProof<R>(
  ctx: UserContext,
  { password, code }: AccountProof,
  work: (tx: Db, proven: Proven) => Promise<R>,
): Promise<R> {
  const { caller, request, service } = ctx;
  const { stores } = service;
  const { passwordHash } = await reauthenticate(service, caller, password, request.address);
  const prove = async (tx: Db) => {
    await lockReauthenticated(tx, stores, caller, passwordHash);
    const factor = await findFactor(tx, caller.userId);
    const now = new Date(stores.clock());
    const used = factor?.confirmedAt ? await takeCode(tx, ctx, { factor, code, now }) : {};
    return work(tx, { factor, now, passwordHash, used });
  };
  const run = () => stores.writes.transaction(caller.session.payer, prove);
  if (code === undefined) return run();
  const guesses = guessesOf(caller.userId, caller.session.id);
  const result = await throttleCode(ctx, async () => {
    if (recoveryCodeOf(code) === null) await countGuess(stores, guesses);
    return run();
  });
  await stores.loginFailures.reset(guesses);
  return result;
}

/**
 * Runs an attempt to enter a code, throttled like a sign-in. A session counts these failures separately from wrong passwords:
 * the correct password does not reset the count of wrong codes.
 */
export function throttleCode<R>(
  { caller, request, service }: UserContext,
  check: () => Promise<R>,
): Promise<R> {
  const { userId: email, session } = caller;
  const attempt = { email, address: request.address, knownClient: session.id, check };
  return throttleLogin(service, attempt, (work) => work());
}

interface GivenCode {
  readonly factor: SecondFactor;
  readonly code: string | undefined;
  readonly now: Date;
}

async function takeCode(tx: Db, { service }: UserContext, { factor, code, now }: GivenCode) {
  if (code === undefined) throw new Refusal('INPUT_INVALID', { issues: [CODE_NEEDED] });
  const used = await spendCode(tx, service.stores.vault, factor, { code, now });
  if (!used) throw new Refusal('CREDENTIALS_INVALID');
  return used === 'recovery code' ? { recoveryCodeUsedAt: now } : {};
}

const CODE_NEEDED = { path: 'code', message: 'is required: the account has a second factor' };

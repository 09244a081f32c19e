import { Refusal } from '../../lib/refusal.ts';
import type { Context } from '../../rpc/trpc.ts';
import type { Db } from '../../stores/database/database.ts';
import { lockUser } from '../../stores/database/locks.ts';
import { findAccountById } from '../accounts.ts';
import { admitPerson } from '../admitted-session.ts';
import { throttleLogin } from '../login-throttle.ts';
import { queueUnauthenticatedWrite } from '../password-queue.ts';
import { claimState } from '../sign-in-state.ts';
import { type Challenge, isPasswordOf, readChallenge } from './challenge.ts';
import { findFactor, spendCode } from './factor.ts';
import { countGuess, guessesOf } from './guesses.ts';
import { recoveryCodeOf } from './recovery-codes.ts';

const ACTION = 'auth.signInWithCode';

/**
 * Begins the session of a user who has given their password, with a code of their second factor or a recovery code. Wrong codes
 * are counted and slowed down just as wrong passwords are.
 * @throws Refusal CREDENTIALS_INVALID for a wrong or used code, SIGN_IN_INVALID for a challenge that is forged, too old or
 *   used, or if the account has changed since; TOO_MANY_FAILURES
 */
export async function signInWithCode(
  ctx: Pick<Context, 'service' | 'request'>,
  input: { readonly challenge: string; readonly code: string },
) {
  const { service, request } = ctx;
  const { database, credentials, loginFailures } = service.stores;
  const challenge = readChallenge(ctx, input.challenge);
  const { email, device: knownClient } = challenge;
  const guesses = guessesOf(challenge.userId, knownClient);
  const check = async () => {
    if (recoveryCodeOf(input.code) === null) await countGuess(service.stores, guesses);
    return queueUnauthenticatedWrite(database, request.address, (tx) =>
      begin(ctx, tx, challenge, input.code),
    );
  };
  const attempt = { email, address: request.address, knownClient, check };
  const started = await throttleLogin(service, attempt, (work) => work());
  await loginFailures.reset(guesses);
  for (const id of started.ended) credentials.changed({ session: id });
  return { user: started.user, session: started.session };
}

async function begin(
  { service, request }: Pick<Context, 'service' | 'request'>,
  tx: Db,
  challenge: Challenge,
  code: string,
) {
  const { vault, clock, audit } = service.stores;
  const user = await lockUser(tx, challenge.userId, 'no key update');
  const factor = await findFactor(tx, challenge.userId);
  const account = await findAccountById(tx, challenge.userId);
  if (!user || user.disabledAt || !isPasswordOf(challenge, user) || !factor?.confirmedAt || !account)
    throw new Refusal('SIGN_IN_INVALID', {}, 'the account has changed since the password was given');
  const now = new Date(clock());
  await claimState(tx, `code ${challenge.id}`, now);
  const used = await spendCode(tx, vault, factor, { code, now });
  if (!used) throw new Refusal('CREDENTIALS_INVALID');
  const origin = { action: ACTION, identity: null, method: 'password+code' } as const;
  const { changes, ...admitted } = await admitPerson({ service, request }, tx, account, origin);
  const recovered = { action: ACTION, kind: 'user', subject: user.id, before: {} } as const;
  const actor = {
    caller: { kind: 'user', userId: user.id, workspaceId: account.workspaceId },
    request,
  } as const;
  await audit.recordAll(tx, actor, [
    ...changes,
    ...(used === 'recovery code' ? [{ ...recovered, after: { recoveryCodeUsedAt: now } }] : []),
  ]);
  return { user, ...admitted };
}

import { throttleByClient, unauthenticatedCaller } from '../../gate/request/throttle.ts';
import { recordForAllWorkspaces } from '../../membership/audit-all-workspaces.ts';
import type { Context } from '../../rpc/trpc.ts';
import type { Db } from '../../stores/database/database.ts';
import { lockUser } from '../../stores/database/locks.ts';
import { findAccountById } from '../accounts.ts';
import { admitPerson } from '../admitted-session.ts';
import { throttleLogin } from '../login-throttle.ts';
import { queueUnauthenticated, queueUnauthenticatedWrite } from '../password-queue.ts';
import { claimState } from '../sign-in-state.ts';
import { newSignInChallenge, readSignInChallenge, type SignInChallenge } from './challenge.ts';
import { requestOptions } from './options.ts';
import { relyingPartyFor, relyingPartyOf } from './relying-party.ts';
import type { AssertionResponse, SignInWithPasskeyInput } from './schemas.ts';
import { endSessionsOf, findPasskey, type Passkey, updatePasskey } from './store.ts';
import { type Asserted, passkeyRefusal, verifyAssertion } from './verify-response.ts';

const ACTION = 'auth.signInWithPasskey';

type SignInContext = Pick<Context, 'service' | 'request'>;

/**
 * Begins a sign-in by a passkey. It stores nothing and reads nothing: the response is the same whichever account the person
 * has.
 * @throws Refusal ACCESS_DENIED on a page on which passkeys do not work; TOO_MANY_FAILURES if too many calls from an IP address
 *   that fails too often are waiting
 */
export async function startPasskeySignIn(ctx: Context, cookie: boolean) {
  const { stores, config } = ctx.service;
  return throttleByClient(
    unauthenticatedCaller(ctx.request.address),
    config.failures.address,
    stores,
    async () => {
      const { id } = relyingPartyFor(ctx);
      const { challenge, encrypted } = newSignInChallenge(ctx, id, cookie);
      return { challenge: encrypted, options: requestOptions(challenge, id) };
    },
  );
}

/**
 * Begins the session of the person whose passkey signed a challenge. An unknown passkey, a wrong signature and a disabled
 * account get the same response. A passkey is the device and its PIN or fingerprint: no code is asked for after it.
 * @throws Refusal CREDENTIALS_INVALID; SIGN_IN_INVALID for a challenge that is forged, too old, used or of another browser;
 *   TOO_MANY_FAILURES
 */
export async function signInWithPasskey(ctx: SignInContext, input: SignInWithPasskeyInput) {
  const { stores, config } = ctx.service;
  const client = unauthenticatedCaller(ctx.request.address);
  return throttleByClient(client, config.failures.address, stores, () => attempt(ctx, input));
}

/** A passkey that has signed the challenge. */
interface VerifiedAssertion extends Asserted {
  readonly passkey: Passkey;
  readonly challenge: SignInChallenge;
}

async function attempt(ctx: SignInContext, { challenge: encrypted, response }: SignInWithPasskeyInput) {
  const { service, request } = ctx;
  const { database, credentials } = service.stores;
  const challenge = readSignInChallenge(ctx, encrypted);
  // A caller who does not know the id of a passkey cannot slow it down.
  const guess = {
    email: `passkey ${response.id}`,
    address: request.address,
    knownClient: null,
    check: () => verify(ctx, challenge, response),
  };
  const inTurn = <T>(work: () => Promise<T>) => queueUnauthenticated(request.address, work);
  const verified = await throttleLogin(service, guess, inTurn);
  const started = await queueUnauthenticatedWrite(database, request.address, (tx) =>
    begin(ctx, tx, verified),
  );
  if (!started) {
    credentials.changed({ user: verified.passkey.userId });
    throw passkeyRefusal('its counter did not grow');
  }
  for (const id of started.ended) credentials.changed({ session: id });
  return { user: started.user, session: started.session };
}

async function verify(
  { service }: SignInContext,
  challenge: SignInChallenge,
  response: AssertionResponse,
): Promise<VerifiedAssertion> {
  const passkey = await findPasskey(service.stores.database.db, response.id);
  if (!passkey) throw passkeyRefusal('it is unknown');
  const party = relyingPartyOf(service, challenge.rpId);
  const asserted = await verifyAssertion(response, passkey, { challenge: challenge.challenge, party });
  return { ...asserted, passkey, challenge };
}

/** @returns null if a copy of the passkey may exist; it is disabled then */
async function begin({ service, request }: SignInContext, tx: Db, verified: VerifiedAssertion) {
  const { clock, audit } = service.stores;
  const user = await lockUser(tx, verified.passkey.userId, 'no key update');
  const passkey = await findPasskey(tx, verified.passkey.credentialId);
  const account = await findAccountById(tx, verified.passkey.userId);
  if (!user || user.disabledAt || !account || !passkey || passkey.disabledAt)
    throw passkeyRefusal('it or its account is disabled or deleted');
  const now = new Date(clock());
  await claimState(tx, `passkey ${verified.challenge.challenge}`, now);
  if (isCopied(passkey, verified)) {
    await disableCopied({ service, request }, tx, passkey, now);
    return null;
  }
  const { counter, backedUp } = verified;
  await updatePasskey(tx, passkey, { counter, backedUp, lastUsedAt: now });
  const origin = { action: ACTION, identity: null, method: 'passkey', passkeyId: passkey.id } as const;
  const { changes, ...admitted } = await admitPerson({ service, request }, tx, account, origin);
  const actor = {
    caller: { kind: 'user', userId: user.id, workspaceId: account.workspaceId },
    request,
  } as const;
  await audit.recordAll(tx, actor, changes);
  return { user, ...admitted };
}

/** Whether two authenticators may have the key: one that counts its signatures never repeats a number (WebAuthn §6.1.1). */
const isCopied = (passkey: Passkey, verified: Asserted): boolean =>
  (passkey.counter > 0 || verified.counter > 0) && verified.counter <= passkey.counter;

/** Nobody can tell which of the two is the copy: neither is accepted any more, and the sessions of both end. */
async function disableCopied({ service, request }: SignInContext, tx: Db, passkey: Passkey, now: Date) {
  await updatePasskey(tx, passkey, { disabledAt: now });
  await endSessionsOf(tx, passkey, now);
  const states = {
    before: { disabledAt: null },
    after: { disabledAt: now, reason: 'its counter did not grow: a copy of it may exist' },
  };
  const change = { action: 'passkeys.disable', kind: 'passkey', subject: passkey.id, ...states } as const;
  const actor = { userId: passkey.userId, request, isProtective: true };
  await recordForAllWorkspaces(tx, service.stores.audit, actor, change);
}

import { eq } from 'drizzle-orm';
import { users } from '../../../drizzle/schema/accounts.ts';
import { requireLiveSession } from '../../gate/lock-caller.ts';
import { Refusal } from '../../lib/refusal.ts';
import { recordForAllWorkspaces } from '../../membership/audit-all-workspaces.ts';
import { lockUser } from '../../stores/database/locks.ts';
import { passwordDigest } from '../passwords.ts';
import { type AccountProof, type UserContext, withProof } from '../second-factor/proof.ts';
import { claimState } from '../sign-in-state.ts';
import { newRegistrationChallenge, readRegistrationChallenge } from './challenge.ts';
import { creationOptions } from './options.ts';
import { relyingPartyFor, relyingPartyOf } from './relying-party.ts';
import type { RegisterInput } from './schemas.ts';
import { insertPasskey, type Passkey, passkeysOf, requireRoom } from './store.ts';
import { verifyRegistration } from './verify-response.ts';

/**
 * Begins to register a passkey for the caller's account. A passkey by itself signs in to the account, so a stolen session is
 * not enough. An account without a password cannot have one: its user signs in only with the identity provider. Refuses as
 * `withProof`, with CONFLICT an account with too many, and with ACCESS_DENIED a page on which passkeys do not work.
 */
export async function startRegistration(ctx: UserContext, proof: AccountProof) {
  const { caller, request, service } = ctx;
  const { audit } = service.stores;
  const { userId, session } = caller;
  const party = relyingPartyFor(ctx);
  return withProof(ctx, proof, async (tx, { now, passwordHash, used }) => {
    await requireRoom(tx, userId);
    const [user] = await tx.select().from(users).where(eq(users.id, userId));
    if (!user) throw new Refusal('SESSION_ENDED');
    const existing = await passkeysOf(tx, userId);
    const person = { userId, sessionId: session.id, password: passwordDigest(passwordHash) };
    const { challenge, encrypted } = newRegistrationChallenge(ctx, party.id, person);
    await recordForAllWorkspaces(
      tx,
      audit,
      { userId, request },
      {
        action: 'passkeys.startRegistration',
        before: {},
        after: { passkeyBegunAt: now, ...used },
      },
    );
    const rp = { id: party.id, name: service.config.branding.name };
    return { challenge: encrypted, options: creationOptions({ challenge, rp, user, existing }) };
  });
}

/**
 * Stores a passkey that the caller's device has made. Refuses with SIGN_IN_INVALID a challenge that is forged, too old, used,
 * of another session, or from before a change of the password; with CREDENTIALS_INVALID a response that does not verify; with
 * CONFLICT a passkey that is already registered, or one too many.
 */
export async function registerPasskey(
  ctx: UserContext,
  { challenge, response, name }: RegisterInput,
): Promise<Passkey> {
  const { caller, request, service } = ctx;
  const { stores } = service;
  const { userId } = caller;
  const state = readRegistrationChallenge(ctx, challenge, { userId, sessionId: caller.session.id });
  const party = relyingPartyOf(service, state.rpId);
  const registered = await verifyRegistration(response, { challenge: state.challenge, party });
  return stores.writes.transaction(caller.session.payer, async (tx) => {
    const user = await lockUser(tx, userId, 'no key update');
    await requireLiveSession(tx, stores, caller);
    if (state.password !== passwordDigest(user?.passwordHash ?? ''))
      throw new Refusal('SIGN_IN_INVALID', {}, 'the password was changed in the meantime');
    const now = new Date(stores.clock());
    await claimState(tx, `passkey registration ${state.challenge}`, now);
    const made = await insertPasskey(tx, { ...registered, userId, name, createdAt: now });
    const change = { action: 'passkeys.register', kind: 'passkey', subject: made.id, after: made } as const;
    await recordForAllWorkspaces(tx, stores.audit, { userId, request }, change);
    return made;
  });
}

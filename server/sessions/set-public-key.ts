import { and, eq, isNull } from 'drizzle-orm';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { MINUTE_MS } from '../../shared/durations.ts';
import type { RegisteredPublicKey } from '../../shared/public-key.ts';
import type { SessionUserCaller } from '../gate/caller/caller.ts';
import { requireLiveSession } from '../gate/lock-caller.ts';
import { registerPublicKey } from '../gate/signature/possession.ts';
import type { PublicKeyInput } from '../lib/public-key-input.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Context } from '../rpc/trpc.ts';
import { isFutureSql } from '../stores/database/is-future.ts';
import { lockUser } from '../stores/database/locks.ts';
import { raiseRev } from '../stores/database/rev.ts';

/**
 * How long after its beginning a session may get a public key, in milliseconds. Later, a script that got into a page could
 * otherwise move the session to its own key.
 */
const REGISTRATION_WINDOW_MS = MINUTE_MS;

/**
 * Replaces the signing secret of the calling session with a public key, once: the service forgets the secret, and can no longer
 * sign for the user.
 * @throws Refusal INPUT_INVALID; CONFLICT if the session has a public key, was refreshed, or began more than a minute ago;
 *   SESSION_ENDED
 */
export async function setPublicKey(
  { service, caller, request }: Pick<Context, 'service' | 'request'> & { readonly caller: SessionUserCaller },
  input: PublicKeyInput,
): Promise<RegisteredPublicKey> {
  const { writes, credentials, clock, audit, vault } = service.stores;
  const { id } = caller.session;
  const publicKey = await writes.transaction(caller.session.payer, async (tx) => {
    await lockUser(tx, caller.userId, 'no key update');
    await requireLiveSession(tx, service.stores, caller);
    const now = new Date(clock());
    const registered = await registerPublicKey(tx, input, { issuer: service.issuer, now });
    const isReplaceable = and(
      eq(sessions.id, id),
      isNull(sessions.publicKey),
      eq(sessions.refreshCount, 1),
      isFutureSql(sessions.createdAt, new Date(now.getTime() - REGISTRATION_WINDOW_MS)),
    );
    const changed = await tx
      .update(sessions)
      .set({
        publicKey: registered,
        signingSealed: '',
        signingVersion: vault.newest,
        rev: raiseRev(sessions.rev),
      })
      .where(isReplaceable)
      .returning({ id: sessions.id });
    if (!registered || changed.length === 0) throw new Refusal('CONFLICT');
    const states = { before: { publicKey: null }, after: { publicKey: registered } };
    const change = { action: 'sessions.setPublicKey', kind: 'session', subject: id, ...states } as const;
    await audit.record(tx, { caller, request }, change);
    return registered;
  });
  credentials.changed({ session: id });
  return publicKey;
}

import { isFuture } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import type { KeyRecord, SessionRecord } from '../stores/credentials/credential-rows.ts';
import { type LinkedAccount, personCacheKey } from '../stores/credentials/linked-accounts.ts';
import type { SigningMaterial } from '../stores/credentials/signing-material.ts';
import { keyState } from './bearer/bearer.ts';
import type { GateStores } from './bearer/credential-lookups.ts';
import type { Caller, KeyCaller, UsedPair } from './caller/caller.ts';
import type { ExternalIdentity, ExternalUser, LinkedUser } from './caller/external-user.ts';
import { callerOf } from './session.ts';

/**
 * The same caller with current rights, for streams that stay open. Reads the records again only if they have changed
 * since they were read, or if one has expired: it may have been extended.
 * Refuses as `admit` would where a record that the caller depends on no longer allows it.
 */
export async function revalidateCaller(caller: Caller, stores: GateStores): Promise<Caller> {
  const { credentials, clock, providerLogouts } = stores;
  const key = caller.kind === 'key' ? caller.key : null;
  const session = sessionOf(caller);
  const { identity = null, account = null } = issuerUserOf(caller) ?? {};
  const person = identity?.person ?? null;
  if (await credentials.isUnchanged({ key, session, person, account })) {
    const same = ifNotRefused(() => revalidateFromRecords(caller, { key, session, account }, clock()));
    if (same) return same;
  }
  if (person && (await providerLogouts.hasLoggedOut(person))) throw new Refusal('SESSION_ENDED');
  const [freshKey, freshSession, freshAccount] = await Promise.all([
    key && credentials.rereadKey(key),
    session && rereadSession(session, stores),
    account && rereadAccount(account, stores),
  ]);
  const records = { key: freshKey, session: freshSession, account: freshAccount };
  return revalidateFromRecords(caller, records, clock());
}

/** The session that the caller depends on; null for a key without a user, or with a person of a trusted issuer. */
function sessionOf(caller: Caller): SessionRecord | null {
  if (caller.kind !== 'key') return caller.session;
  return caller.user === null || caller.user.id === null ? null : caller.user.session;
}

/** The person of a trusted issuer for whom a key calls; null if there is none. */
export function issuerUserOf(caller: Caller): LinkedUser | ExternalUser | null {
  if (caller.kind !== 'key' || caller.user === null) return null;
  return 'identity' in caller.user ? caller.user : null;
}

function rereadAccount(account: LinkedAccount, { credentials, lookups }: GateStores) {
  return lookups.reread(account.payer, personCacheKey(account), () => credentials.linked.reread(account));
}

function rereadSession({ id, workspaceId, payer }: SessionRecord, { credentials, lookups }: GateStores) {
  const read = () => credentials.rereadSession(id, workspaceId);
  return lookups.reread(payer, `${id} ${workspaceId}`, read);
}

function ifNotRefused(decide: () => Caller): Caller | null {
  try {
    return decide();
  } catch {
    return null;
  }
}

interface FreshRecords {
  readonly key: KeyRecord | null;
  readonly session: SessionRecord | null;
  readonly account: LinkedAccount | null;
}

/**
 * The same caller, checked against records that were just read.
 * Refuses as `admit` would where a record that the caller depends on no longer allows it. @param now milliseconds
 */
export function revalidateFromRecords(
  caller: Caller,
  { key, session, account }: FreshRecords,
  now: number,
): Caller {
  const authenticatedKey =
    caller.kind === 'key' ? { key: liveKey(key, now), pair: currentPair(caller, key, now) } : null;
  // The token was verified when the call was admitted. It vouched for the session, which is read here.
  const claims =
    session && caller.kind !== 'session' ? { sub: session.userId, sid: session.id, exp: 0 } : null;
  return callerOf(authenticatedKey, { session, account }, claims ?? liveIdentity(caller, now), now);
}

/** A person of a trusted issuer has no session that ends: a stream for them ends with their token, or when they log out. */
function liveIdentity(caller: Caller, now: number): ExternalIdentity | null {
  const { identity } = issuerUserOf(caller) ?? {};
  if (!identity) return null;
  if (!isFuture(identity.expiresAt * 1000, now)) throw new Refusal('TOKEN_EXPIRED');
  return identity;
}

/** Refuses a deleted key with KEY_INVALID, and one that is revoked, expired or disabled with its own reason. */
function liveKey(key: KeyRecord | null, now: number): KeyRecord {
  const state = key ? keyState(key, now) : 'KEY_INVALID';
  if (!key || state !== null) throw new Refusal(state ?? 'KEY_INVALID');
  return key;
}

/**
 * The secrets that the caller used, in their present role: a rotation may have made them the previous ones. The signing secret
 * or public key identifies them, since the hash of the bearer secret changes with the master key. Refuses with KEY_INVALID
 * secrets that a rotation has ended.
 */
function currentPair({ key: before, pair }: KeyCaller, key: KeyRecord | null, now: number): UsedPair {
  const shown = pair.previous ? before.previous && signsWith(before.previous) : signsWith(before);
  if (key && shown === signsWith(key)) return { secretHash: key.secretHash, previous: false };
  const old = key?.previous ?? null;
  if (!old || shown !== signsWith(old) || !isFuture(old.validUntil, now)) throw new Refusal('KEY_INVALID');
  return { secretHash: old.secretHash, previous: true };
}

/** What distinguishes a key's secrets from the previous ones: a rotation always replaces the signing secret or public key. */
const signsWith = ({ signingSecret, publicKey }: SigningMaterial): string | null =>
  signingSecret ?? publicKey?.thumbprint ?? null;

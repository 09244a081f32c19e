import { type Bearer, parseBearer, TOKEN_BESIDE_TOKEN } from '../../../shared/bearer.ts';
import { isFuture } from '../../lib/clock.ts';
import { andThen, type MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { Refusal, refusalOfFault } from '../../lib/refusal.ts';
import { NO_HASH } from '../../stores/credentials/credential-probes.ts';
import type { KeyRecord } from '../../stores/credentials/credential-rows.ts';
import { isIssuedKey } from '../../stores/credentials/issued-credentials.ts';
import type { SigningMaterial } from '../../stores/credentials/signing-material.ts';
import type { Stores } from '../../stores/stores.ts';
import type { UsedPair } from '../caller/caller.ts';
import type { SignedRequest } from '../request/request.ts';
import { inScope, type Scope } from '../request/scope.ts';
import type { GateStores } from './credential-lookups.ts';
import { isBearerOf } from './secret-cache.ts';

/**
 * Parses the bearer token without a query: a key with a wrong checksum fails here.
 * @param session whether the procedure accepts a session without its token
 * @throws Refusal KEY_MISSING, KEY_INVALID, REQUEST_MALFORMED; TOKEN_MISSING if a session signs without its token and
 *   the procedure needs one
 */
export function readBearer(request: SignedRequest, brand: string, session: boolean): Bearer {
  if (session && request.authorization === null) return { kind: 'none' };
  const bearer = parseBearer(request, brand);
  if (bearer === 'REQUEST_MALFORMED') throw refusalOfFault(TOKEN_BESIDE_TOKEN);
  if (typeof bearer === 'string') throw new Refusal(bearer);
  return bearer;
}

/** A key whose bearer secret was verified, and the signing secret from the same rotation. */
export interface AuthenticatedKey extends SigningMaterial {
  readonly key: KeyRecord;
  readonly pair: UsedPair;
}

/**
 * Finds the key that a bearer token names, then checks its secret and its state. A cached key that is usable costs no lookup.
 * @throws Refusal KEY_INVALID (an unknown key, one out of scope, a wrong secret and another environment look alike),
 *   KEY_REVOKED, KEY_EXPIRED, KEY_DISABLED; TOO_MANY_FAILURES if the lookup is refused because the IP address is throttled
 */
export function findKey(
  bearer: Bearer & { kind: 'key' },
  stores: GateStores,
  request: SignedRequest,
  scope: Scope | null,
): MaybePromise<AuthenticatedKey> {
  const { credentials, clock } = stores;
  const cachedKey = credentials.cachedKey(bearer.parsed.id);
  const cached = matchSecret(bearer, inScope(cachedKey, scope), stores);
  // A revoked key stays revoked, so its cached row is final.
  if (cached && (cached.key.revoked || keyState(cached.key, clock()) === null))
    return requireUsable(cached, clock());
  // Another instance may have changed any other cached row. A refusal claims no nonce, which would detect that, so
  // the gate reads the row again.
  return andThen(lookUp(bearer, cachedKey, cached !== null, stores, request), (currentKey) => {
    const authenticated = matchSecret(bearer, inScope(currentKey, scope), stores);
    if (!authenticated) throw new Refusal('KEY_INVALID');
    return requireUsable(authenticated, clock());
  });
}

/**
 * Reads a key again. What the bearer token proves (the valid secret, a secret that Keyseal issued, or nothing) decides which
 * budget pays.
 */
function lookUp(
  { text, parsed: { id } }: Bearer & { kind: 'key' },
  cached: KeyRecord | null,
  hasValidSecret: boolean,
  { credentials, vault, lookups }: GateStores,
  request: SignedRequest,
): Promise<KeyRecord | null> {
  const read = () => credentials.readKeyIfChanged(id, cached);
  if (cached && hasValidSecret) return lookups.rereadBeforeRefusal(cached.payer, id, read, cached);
  // A secret from before a rotation, or from a rotation that this instance has not read yet. In the second case the secret is
  // valid: its caller may have to wait, but must not be refused before the row is read.
  if (isIssuedKey(vault, text)) {
    return cached
      ? lookups.reread(cached.payer, id, () => credentials.currentKey(cached))
      : lookups.readIssued(request, id, read);
  }
  return lookups.readUnauthenticated(request, async () =>
    (await credentials.hasSecret(id, text)) ? read() : null,
  );
}

/** Returns the key if it is neither revoked, expired nor disabled. @param now milliseconds */
function requireUsable(authenticated: AuthenticatedKey, now: number): AuthenticatedKey {
  const reason = keyState(authenticated.key, now);
  if (reason) throw new Refusal(reason).attributeTo(authenticated.key);
  return authenticated;
}

/** Returns the key with the secrets (current or previous) that the bearer token belongs to; null if it belongs to neither. */
function matchSecret(
  { text, parsed }: Bearer & { kind: 'key' },
  key: KeyRecord | null,
  { vault, clock }: Stores,
): AuthenticatedKey | null {
  const matches = () =>
    vault.matches('pepper', text, key?.secretHash ?? NO_HASH, key?.pepperVersion ?? vault.newest);
  const matchesCurrent = key ? isBearerOf(key, text, matches) : matches();
  if (!key || key.environment !== parsed.environment) return null;
  if (matchesCurrent) return authenticatedBy(key, key, false);
  const old = key.previous;
  if (!old || !isFuture(old.validUntil, clock())) return null;
  if (!vault.matches('pepper', text, old.secretHash, old.pepperVersion)) return null;
  return authenticatedBy(key, old, true);
}

function authenticatedBy(
  key: KeyRecord,
  { signingSecret, publicKey, secretHash }: SigningMaterial & { readonly secretHash: string },
  previous: boolean,
): AuthenticatedKey {
  return { key, signingSecret, publicKey, pair: { secretHash, previous } };
}

/** Why a key cannot be used at a time in milliseconds; null if it can. */
export function keyState(key: KeyRecord, now: number): 'KEY_REVOKED' | 'KEY_EXPIRED' | 'KEY_DISABLED' | null {
  if (key.revoked) return 'KEY_REVOKED';
  if (key.expiresAt !== null && !isFuture(key.expiresAt, now)) return 'KEY_EXPIRED';
  return key.enabled ? null : 'KEY_DISABLED';
}

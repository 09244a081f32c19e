import { workspaceKey } from '../../shared/fairness/fairness-key.ts';
import { type Bearer, parseBearer } from '../../shared/request-rules.ts';
import { isAhead } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import { NO_HASH } from '../stores/credentials/credential-probes.ts';
import type { KeyRecord } from '../stores/credentials/credential-rows.ts';
import { isIssuedKey } from '../stores/credentials/issued.ts';
import type { Stores } from '../stores/stores.ts';
import type { KeySecretVersion } from './caller.ts';
import type { GateStores } from './lookups.ts';
import type { SignedRequest } from './request.ts';
import { inScope, type Scope } from './scope.ts';

/**
 * Takes the bearer apart without asking any store: a key with a wrong checksum ends here.
 * Refuses with KEY_MISSING, KEY_INVALID, REQUEST_MALFORMED; TOKEN_MISSING where a session signs without its
 * token, unless `session` says that this is what the procedure takes.
 */
export function readBearer(request: SignedRequest, brand: string, session: boolean): Bearer {
  if (session && request.authorization === null) return { kind: 'none' };
  const bearer = parseBearer(request, brand);
  if (typeof bearer === 'string') throw new Refusal(bearer);
  return bearer;
}

/** A key whose bearer secret was shown, and the signing secret that goes with that very secret. */
export interface AuthenticatedKey {
  readonly key: KeyRecord;
  readonly signingSecret: string;
  readonly pair: KeySecretVersion;
}

/**
 * Finds the key of a bearer and checks its secret, then its state. A key that is cached and in order costs no look-up.
 * Refuses with KEY_INVALID (unknown, out of scope, wrong secret, other environment alike), KEY_REVOKED,
 * KEY_EXPIRED, KEY_DISABLED; TOO_MANY_FAILURES where it would cost a look-up that is not worth it.
 */
export async function findKey(
  bearer: Bearer & { kind: 'key' },
  stores: GateStores,
  request: SignedRequest,
  scope: Scope | null,
): Promise<AuthenticatedKey> {
  const { credentials, clock } = stores;
  const seen = credentials.cachedKey(bearer.parsed.id);
  const cached = prove(bearer, inScope(seen, scope), stores);
  // A key that was revoked stays so.
  if (cached && (cached.key.revoked || keyState(cached.key, clock()) === null))
    return usable(cached, clock());
  // Whatever else is cached may have been changed by another instance: no nonce is claimed on a refusal, so look again.
  const row = await lookUp(bearer, seen, cached !== null, stores, request);
  const proven = prove(bearer, inScope(row, scope), stores);
  if (!proven) throw new Refusal('KEY_INVALID');
  return usable(proven, clock());
}

/** Reads a key anew, by the way that its bearer deserves: by the secret, by its MAC, or by nothing. */
async function lookUp(
  { text, parsed: { id } }: Bearer & { kind: 'key' },
  seen: KeyRecord | null,
  isProven: boolean,
  { credentials, vault, lookups }: GateStores,
  request: SignedRequest,
): Promise<KeyRecord | null> {
  const read = () => credentials.newerKey(id, seen);
  const payer = seen && workspaceKey(seen.workspaceId, id);
  if (payer && isProven) return lookups.confirmed(payer, id, read, seen);
  // A secret from before a rotation, or from after one that this instance has not heard of.
  if (isIssuedKey(vault, text))
    return payer ? lookups.confirmed(payer, id, read) : lookups.issued(request, id, read);
  return lookups.unproven(request, async () => ((await credentials.hasSecret(id, text)) ? read() : null));
}

/** A key that nothing stands against. @param now milliseconds */
function usable(proven: AuthenticatedKey, now: number): AuthenticatedKey {
  const reason = keyState(proven.key, now);
  if (reason) throw new Refusal(reason).of(proven.key);
  return proven;
}

/** Which pair of the key a bearer is of; null where of none. */
function prove(
  { text, parsed }: Bearer & { kind: 'key' },
  key: KeyRecord | null,
  { vault, clock }: Stores,
): AuthenticatedKey | null {
  const right = vault.matches('pepper', text, key?.secretHash ?? NO_HASH, key?.pepperVersion ?? vault.newest);
  if (!key || key.environment !== parsed.environment) return null;
  if (right) {
    return { key, signingSecret: key.signingSecret, pair: { secretHash: key.secretHash, previous: false } };
  }
  const old = key.previous;
  if (!old || !isAhead(old.validUntil, clock())) return null;
  if (!vault.matches('pepper', text, old.secretHash, old.pepperVersion)) return null;
  return { key, signingSecret: old.signingSecret, pair: { secretHash: old.secretHash, previous: true } };
}

/** What stands against a key's use at a moment in milliseconds; null where nothing does. */
export function keyState(key: KeyRecord, now: number): 'KEY_REVOKED' | 'KEY_EXPIRED' | 'KEY_DISABLED' | null {
  if (key.revoked) return 'KEY_REVOKED';
  if (key.expiresAt !== null && !isAhead(key.expiresAt, now)) return 'KEY_EXPIRED';
  return key.enabled ? null : 'KEY_DISABLED';
}

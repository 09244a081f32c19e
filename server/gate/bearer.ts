import { type Bearer, parseBearer } from '../../shared/request-rules.ts';
import { Refusal } from '../refusal.ts';
import type { KeyRecord } from '../stores/credential-rows.ts';
import type { Stores } from '../stores/stores.ts';
import type { Pair } from './caller.ts';
import type { SealedRequest } from './request.ts';
import { inScope, type Scope } from './scope.ts';

/**
 * Takes the bearer apart without asking any store: a key with a wrong checksum ends here.
 * Refuses with KEY_MISSING, KEY_INVALID, REQUEST_MALFORMED; TOKEN_MISSING where a session signs without its
 * token, unless `session` says that this is what the procedure takes.
 */
export function readBearer(request: SealedRequest, brand: string, session: boolean): Bearer {
  if (session && request.authorization === null) return { kind: 'none' };
  const bearer = parseBearer(request, brand);
  if (typeof bearer === 'string') throw new Refusal(bearer);
  return bearer;
}

/** Stands in for the hash of a key that is not there, so that both answers take the same comparison. */
const NO_HASH = '0'.repeat(64);

/** A key whose bearer secret was shown, and the signing secret that goes with that very secret. */
export interface ProvenKey {
  readonly key: KeyRecord;
  readonly signingSecret: string;
  readonly pair: Pair;
}

/**
 * Finds the key of a bearer and checks its secret, then its state.
 * Refuses with KEY_INVALID (unknown, out of scope, wrong secret, other environment alike), KEY_REVOKED,
 * KEY_EXPIRED, KEY_DISABLED.
 */
export async function findKey(
  bearer: Bearer & { kind: 'key' },
  stores: Stores,
  scope: Scope | null,
): Promise<ProvenKey> {
  const { credentials, clock } = stores;
  const { id } = bearer.parsed;
  const cached = inScope(await credentials.key(id), scope);
  const proven = prove(bearer, cached, stores);
  if (proven && keyState(proven.key, clock()) === null) return proven;
  // What refuses may have been changed by another instance: nothing claims a nonce on it, so ask again. An unknown
  // id was asked for just now; the comparison is made again all the same, so that both take as long.
  if (cached) credentials.forget(cached, null);
  const again = prove(bearer, cached && inScope(await credentials.key(id), scope), stores);
  if (!again) throw new Refusal('KEY_INVALID');
  const reason = keyState(again.key, clock());
  if (reason) throw new Refusal(reason).of(again.key.id);
  return again;
}

/** Which pair of the key a bearer is of; null where of none. */
function prove(
  { text, parsed }: Bearer & { kind: 'key' },
  key: KeyRecord | null,
  { vault, clock }: Stores,
): ProvenKey | null {
  const right = vault.matches('pepper', text, key?.secretHash ?? NO_HASH, key?.pepperVersion ?? vault.newest);
  if (!key || key.environment !== parsed.environment) return null;
  if (right) {
    return { key, signingSecret: key.signingSecret, pair: { secretHash: key.secretHash, previous: false } };
  }
  const old = key.previous;
  if (!old || old.validUntil <= clock()) return null;
  if (!vault.matches('pepper', text, old.secretHash, old.pepperVersion)) return null;
  return { key, signingSecret: old.signingSecret, pair: { secretHash: old.secretHash, previous: true } };
}

/** What stands against a key's use at a moment in milliseconds; null where nothing does. */
export function keyState(key: KeyRecord, now: number): 'KEY_REVOKED' | 'KEY_EXPIRED' | 'KEY_DISABLED' | null {
  if (key.revoked) return 'KEY_REVOKED';
  if (key.expiresAt !== null && key.expiresAt <= now) return 'KEY_EXPIRED';
  return key.enabled ? null : 'KEY_DISABLED';
}

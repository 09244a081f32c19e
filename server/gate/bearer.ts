import { type KeyText, parseKey } from '../../shared/key-format.ts';
import { isSessionId } from '../../shared/signature.ts';
import { Refusal } from '../refusal.ts';
import type { KeyRecord } from '../stores/credential-rows.ts';
import type { Stores } from '../stores/stores.ts';
import type { SealedRequest } from './request.ts';

/** What the `authorization` header holds. */
export type Bearer =
  | { readonly kind: 'key'; readonly text: string; readonly parsed: KeyText }
  | { readonly kind: 'token'; readonly text: string }
  | { readonly kind: 'none' };

/** RFC 6750 §2.1: `Bearer` in any case, a space, and one token68 (RFC 9110 §11.2). */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * Takes the bearer apart without asking any store: a key with a wrong checksum ends here.
 * Refuses with KEY_MISSING, KEY_INVALID, REQUEST_MALFORMED; TOKEN_MISSING where a session signs without its
 * token, unless `session` says that this is what the procedure takes.
 */
export function readBearer(request: SealedRequest, brand: string, session: boolean): Bearer {
  const { authorization, signature, userToken } = request;
  if (authorization === null) {
    const k = signature === null ? undefined : /^v1,k=([^,]*),/.exec(signature)?.[1];
    if (session) return { kind: 'none' };
    throw new Refusal(k !== undefined && isSessionId(k) ? 'TOKEN_MISSING' : 'KEY_MISSING');
  }
  const text = BEARER.exec(authorization)?.[1];
  if (text === undefined) throw new Refusal('KEY_INVALID');
  if (!text.startsWith(`${brand}_`)) {
    if (userToken !== null) throw new Refusal('REQUEST_MALFORMED');
    return { kind: 'token', text };
  }
  const parsed = parseKey(brand, text);
  if (!parsed) throw new Refusal('KEY_INVALID');
  return { kind: 'key', text, parsed };
}

/** Stands in for the hash of a key that is not there, so that both answers take the same comparison. */
const NO_HASH = '0'.repeat(64);

/**
 * Finds the key of a bearer and checks its secret, then its state.
 * Refuses with KEY_INVALID (unknown, wrong secret, other environment alike), KEY_REVOKED, KEY_EXPIRED,
 * KEY_DISABLED.
 */
export async function findKey(bearer: Bearer & { kind: 'key' }, stores: Stores): Promise<KeyRecord> {
  const { credentials } = stores;
  const cached = await credentials.key(bearer.parsed.id);
  checkSecret(bearer, cached, stores);
  if (keyState(cached, stores.clock()) === null) return cached;
  // What refuses may have been lifted by another instance: nothing claims a nonce on it, so ask again.
  credentials.forget(cached, null);
  const fresh = await credentials.key(cached.id);
  checkSecret(bearer, fresh, stores);
  const reason = keyState(fresh, stores.clock());
  if (reason) throw new Refusal(reason);
  return fresh;
}

function checkSecret(
  { text, parsed }: Bearer & { kind: 'key' },
  key: KeyRecord | null,
  { vault }: Stores,
): asserts key is KeyRecord {
  const right = vault.matches('pepper', text, key?.secretHash ?? NO_HASH, key?.pepperVersion ?? vault.newest);
  if (!key || !right || key.environment !== parsed.environment) throw new Refusal('KEY_INVALID');
}

/** What stands against a key's use at a moment in milliseconds; null where nothing does. */
export function keyState(key: KeyRecord, now: number): 'KEY_REVOKED' | 'KEY_EXPIRED' | 'KEY_DISABLED' | null {
  if (key.revoked) return 'KEY_REVOKED';
  if (key.expiresAt !== null && key.expiresAt <= now) return 'KEY_EXPIRED';
  return key.enabled ? null : 'KEY_DISABLED';
}

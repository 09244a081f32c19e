import { type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { RegisteredPublicKey } from '../../../shared/public-key.ts';
import { HmacKey } from '../../lib/hmac.ts';
import { lruCache } from '../../lib/lru-cache.ts';
import { importPublicKey } from '../../lib/public-key.ts';
import { transientSha256 } from '../../lib/transient-sha256.ts';
import type { KeyRecord, SessionRecord } from '../../stores/credentials/credential-rows.ts';

/*
 * What the gate computes from the secrets of a record is cached as long as the record. Records never change: a change of the
 * row makes a new record, for which the gate computes it again.
 */

interface PreparedSecret {
  readonly secret: string;
  readonly key: HmacKey;
}
/** For the secret used last: a key has two during a rotation. */
const prepared = new WeakMap<KeyRecord | SessionRecord, PreparedSecret>();

/** A signing secret, and the record that it belongs to. */
interface RecordSecret {
  readonly record: KeyRecord | SessionRecord;
  readonly signingSecret: string;
}

/** The signing secret of a signer, prepared for HMACs. */
export function hmacKeyOf({ record, signingSecret: secret }: RecordSecret): HmacKey {
  const cached = prepared.get(record);
  if (cached?.secret === secret) return cached.key;
  const key = new HmacKey(secret);
  prepared.set(record, { secret, key });
  return key;
}

/** How many imported public keys are cached (the most recently used): OpenSSL uses up to 6 kB for each. */
const IMPORTED = 5_000;
const imported = lruCache<KeyObject, RegisteredPublicKey>(IMPORTED);

/** The public key of a signer, ready to verify. */
export function importedKeyOf(publicKey: RegisteredPublicKey): KeyObject {
  const known = imported.get(publicKey);
  if (known) return known;
  const key = importPublicKey(publicKey);
  imported.set(publicKey, key);
  return key;
}

/** Random, so that a digest tells nobody else anything about the bearer token. */
const SALT = randomBytes(32).toString('hex');
/**
 * The salted digest of each key's bearer token, once the key's HMAC has confirmed it: one hash then recognizes the same token.
 */
const verifiedBearers = new WeakMap<KeyRecord, Buffer>();

/** Whether a string is the bearer token of a key. @param matches compares the string with the key's stored HMAC */
export function isBearerOf(key: KeyRecord, text: string, matches: () => boolean): boolean {
  const expectedDigest = verifiedBearers.get(key);
  if (expectedDigest && timingSafeEqual(expectedDigest, transientSha256(SALT + text))) return true;
  if (!matches()) return false;
  verifiedBearers.set(key, Buffer.from(transientSha256(SALT + text)));
  return true;
}

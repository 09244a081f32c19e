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
/** For the secret that was used last: during a rotation a key has two. */
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

/** Public keys that are imported at a time, those used last: OpenSSL takes up to 6 kB for each. */
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

/** Random, so that a digest says nothing about its bearer to anyone else. */
const SALT = randomBytes(32).toString('hex');
/** The salted digest of each key's bearer, once the key's HMAC has confirmed it: one hash then recognizes the same text. */
const verifiedBearers = new WeakMap<KeyRecord, Buffer>();

/** Whether a text is the bearer of a key. @param matches compares the text with the stored HMAC of the key */
export function isBearerOf(key: KeyRecord, text: string, matches: () => boolean): boolean {
  const expectedDigest = verifiedBearers.get(key);
  if (expectedDigest && timingSafeEqual(expectedDigest, transientSha256(SALT + text))) return true;
  if (!matches()) return false;
  verifiedBearers.set(key, Buffer.from(transientSha256(SALT + text)));
  return true;
}

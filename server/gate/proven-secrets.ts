import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { HmacKey } from '../lib/hmac.ts';
import type { KeyRecord, SessionRecord } from '../stores/credentials/credential-rows.ts';

/*
 * What was computed from the secrets of a record is kept as long as the record. Records never change: a change of the row
 * makes a new record, for which it is computed again.
 */

interface PreparedSecret {
  readonly secret: string;
  readonly key: HmacKey;
}
/** Of the secret that was used last: during a rotation a key has two. */
const prepared = new WeakMap<KeyRecord | SessionRecord, PreparedSecret>();

/** A signing secret, and the record that it belongs to. */
interface RecordSecret {
  readonly record: KeyRecord | SessionRecord;
  readonly signingSecret: string;
}

/** The signing secret of a signer, prepared for HMACs. */
export function hmacKeyOf({ record, signingSecret: secret }: RecordSecret): HmacKey {
  const known = prepared.get(record);
  if (known?.secret === secret) return known.key;
  const key = new HmacKey(secret);
  prepared.set(record, { secret, key });
  return key;
}

/** Random, so that a digest says nothing about its bearer to anyone else. */
const SALT = randomBytes(32).toString('hex');
/** The salted digest of the bearer that the HMAC of each key has proven: one hash shows that a text is that bearer again. */
const provenBearers = new WeakMap<KeyRecord, Buffer>();

/** Whether a text is the bearer of a key. @param matches compares the text with the stored HMAC of the key */
export function isProvenBearer(key: KeyRecord, text: string, matches: () => boolean): boolean {
  const digest = hash('sha256', SALT + text, 'buffer');
  const proven = provenBearers.get(key);
  if (proven && timingSafeEqual(proven, digest)) return true;
  if (!matches()) return false;
  provenBearers.set(key, digest);
  return true;
}

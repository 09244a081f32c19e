import type { JWK } from 'jose';
import { z } from 'zod';
import { sanitizeForLog } from '../../lib/sanitize-for-log.ts';
import { discover } from './discovery.ts';
import { fetchJson } from './fetch-document.ts';

/** A public key of a key set (RFC 7517 §4). Secrets are dropped: an HMAC key must never verify a token. */
const PublicKey = z.looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']), d: z.never().optional() });

const KeySet = z.object({ keys: z.array(z.unknown()) });

/** A provider has only a few, even while it rotates them. */
const MAX_KEYS = 100;

/**
 * Finds and reads the key set of an issuer.
 * @param jwksUri its URL; null reads it from the issuer's metadata
 * @throws Error with a sentence if it cannot be read, or if the metadata name another issuer
 */
export const fetchKeySet = async (issuer: string, jwksUri: string | null): Promise<JWK[]> =>
  readKeySet(jwksUri ?? (await discover(issuer)).jwks_uri);

/** Reads a key set. @throws Error with a sentence if it cannot be read */
export async function readKeySet(url: string): Promise<JWK[]> {
  const { keys } = await fetchJson(url, KeySet);
  if (keys.length > MAX_KEYS) throw new Error(`${sanitizeForLog(url)} has more than ${MAX_KEYS} keys`);
  const published = keys.filter((key): key is JWK => PublicKey.safeParse(key).success);
  // A key that is published twice is one key; of two keys with one `kid`, neither is used.
  return [...new Map(published.map((key) => [JSON.stringify(key), key])).values()];
}

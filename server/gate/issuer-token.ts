import { Refusal } from '../lib/refusal.ts';
import type { TrustedIssuer } from '../stores/issuers/trusted-issuers.ts';
import { MAX_LENGTH, readObject, verifyJws } from './jws.ts';

/** Reads `iss` from a token that is not verified yet: it only selects the keys that verify it. */
export function claimedIssuer(token: string): unknown {
  const payload = token.length <= MAX_LENGTH ? token.split('.')[1] : undefined;
  return payload === undefined ? null : readObject(Buffer.from(payload, 'base64url'))?.['iss'];
}

/**
 * Whether a token can be verified or rejected without waiting for its issuer: its key is known, or it has no header that
 * could name one.
 */
export async function needsNoKeyFetch(token: string, { algorithms, keys }: TrustedIssuer): Promise<boolean> {
  const [head = ''] = token.length <= MAX_LENGTH ? token.split('.', 1) : [];
  const header = readObject(Buffer.from(head, 'base64url'));
  return header === null || !algorithms.includes(String(header['alg'])) || keys.knows(header);
}

/**
 * Verifies the signature of an issuer's token with one of its published keys. The caller checks the claims.
 * @param types the values of `typ` that such a token may have (RFC 8725 §3.11)
 * @returns the claims; null if the token is not valid; UNAVAILABLE if the issuer's keys cannot be read
 */
export async function readIssuerToken(
  token: string,
  { name, algorithms, keys }: TrustedIssuer,
  types: readonly unknown[],
): Promise<Record<string, unknown> | Refusal | null> {
  let keysUnavailable = false;
  const jws = await verifyJws(token, algorithms, async (header) => {
    const { alg, typ, kid } = header;
    if (!algorithms.includes(String(alg)) || !types.includes(typ)) return null;
    if (kid !== undefined && typeof kid !== 'string') return null;
    const key = await keys.find(header);
    keysUnavailable = key === 'unread';
    return typeof key === 'string' ? null : key;
  });
  if (keysUnavailable)
    return new Refusal('UNAVAILABLE', { retryAfter: 5 }, `the keys of ${name} cannot be read`);
  return jws && readObject(jws.payload);
}

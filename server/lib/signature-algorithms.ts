import { constants, type KeyObject, verify } from 'node:crypto';
import { PUBLIC_KEY_ALGORITHMS, type PublicKeyAlgorithm } from '../../shared/public-key.ts';
import type { HmacKey } from './hmac.ts';

/** How each algorithm of RFC 9421 §3.3 for public keys is verified. */
const PUBLIC = {
  ed25519: { hash: null, length: 64, options: {} },
  'ecdsa-p256-sha256': { hash: 'sha256', length: 64, options: { dsaEncoding: 'ieee-p1363' } },
  'ecdsa-p384-sha384': { hash: 'sha384', length: 96, options: { dsaEncoding: 'ieee-p1363' } },
  // §3.3.1: the salt has exactly the length of the hash.
  'rsa-pss-sha512': {
    hash: 'sha512',
    length: null,
    options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 },
  },
  'rsa-v1_5-sha256': { hash: 'sha256', length: null, options: { padding: constants.RSA_PKCS1_PADDING } },
} as const satisfies Record<PublicKeyAlgorithm, object>;

/** Every algorithm that a credential may have. */
export const SIGNATURE_ALGORITHMS = ['hmac-sha256', ...PUBLIC_KEY_ALGORITHMS] as const;

/** What verifies the signatures of a credential. Its algorithm is the key's own: no message chooses another. */
export type VerificationKey =
  | { readonly algorithm: 'hmac-sha256'; readonly secret: HmacKey }
  | { readonly algorithm: PublicKeyAlgorithm; readonly publicKey: KeyObject };

/**
 * Whether a signature verifies (RFC 9421 §3.3). Of ECDSA both values of `s` are accepted: the nonce, not the signature,
 * distinguishes a request from its copy.
 * @param base ASCII
 */
export function verifySignature(key: VerificationKey, base: string, signature: Uint8Array): boolean {
  if (key.algorithm === 'hmac-sha256') return key.secret.verify(base, signature);
  const { hash, length, options } = PUBLIC[key.algorithm];
  if (length !== null && signature.length !== length) return false;
  try {
    return verify(hash, Buffer.from(base), { key: key.publicKey, ...options }, signature);
  } catch {
    return false;
  }
}

import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { z } from 'zod';

/** What each algorithm requires of the key (RFC 7518 §3.1). */
const FITS = {
  RS256: isRsa,
  PS256: isRsa,
  ES256: (key: JWK) => key.kty === 'EC' && key.crv === 'P-256',
  ES384: (key: JWK) => key.kty === 'EC' && key.crv === 'P-384',
} as const satisfies Record<string, (key: JWK) => boolean>;

/** The private key of a client as a JWK (RFC 7517), with the `kid` that the provider knows. */
export const ClientKey = z
  .looseObject({
    kty: z.string(),
    d: z.string(),
    alg: z.enum(Object.keys(FITS) as (keyof typeof FITS)[]),
    kid: z.string().min(1),
  })
  .refine(
    (key) => FITS[key.alg](key) && isPrivateKey(key),
    'accepts a private key that can be used with its alg',
  );
export type ClientKey = z.infer<typeof ClientKey>;

/** Whether the public half verifies what the private one signs. */
function isPrivateKey({ d = '', ...key }: JWK): boolean {
  const text = Buffer.from('a text of any kind');
  try {
    const signature = sign('sha256', text, createPrivateKey({ key: { ...key, d }, format: 'jwk' }));
    return verify('sha256', text, createPublicKey({ key: { ...key }, format: 'jwk' }), signature);
  } catch {
    return false;
  }
}

/** At least 2,048 bits (RFC 7518 §3.3). */
function isRsa({ kty, n = '' }: JWK): boolean {
  return kty === 'RSA' && Buffer.from(n, 'base64url').length >= 256;
}

/** The key in the format that `openid-client` signs with. */
export async function signingKeyOf(
  jwk: ClientKey,
): Promise<{ readonly key: CryptoKey; readonly kid: string }> {
  return { key: (await importJWK(jwk, jwk.alg)) as CryptoKey, kid: jwk.kid };
}

import { base64 } from '../../shared/structured-fields/values.ts';
import { unverifiedClaims } from '../../shared/unverified-claims.ts';
import { KeysealRefusal } from '../calls/refusal.ts';
import type { ResponseKeySet } from '../responses/response-key.ts';
import { newNonce } from '../signing/signature-headers.ts';
import { webCrypto } from '../signing/web-hashes.ts';
import type { AnySession, KeysealSession } from './session.ts';

/** What the service takes for a session: its public key, and a proof that the private key is here. */
interface PublicKeyRegistration {
  readonly publicKey: Readonly<Record<string, unknown>>;
  readonly proof: string;
}
type Register = (input: PublicKeyRegistration) => Promise<{ readonly responseKeys: ResponseKeySet }>;

interface KeyKind {
  readonly algorithm: AlgorithmIdentifier | EcKeyGenParams;
  /** How a proof is signed, and the name of that in a JWS (RFC 7518 §3.1, RFC 8037 §3.1). */
  readonly signature: AlgorithmIdentifier | EcdsaParams;
  readonly alg: string;
}

/** The first that the browser has. */
const KINDS: readonly KeyKind[] = [
  { algorithm: 'Ed25519', signature: 'Ed25519', alg: 'EdDSA' },
  {
    algorithm: { name: 'ECDSA', namedCurve: 'P-256' } as EcKeyGenParams,
    signature: { name: 'ECDSA', hash: 'SHA-256' } as EcdsaParams,
    alg: 'ES256',
  },
];

/**
 * Gives a session that has just begun a key pair in place of its signing secret: nobody but this browser can sign then, and no script
 * can read the private key.
 * @returns the same session, if the browser has no such keys or the service does not take one
 * @throws if it is not known whether the service took it
 */
export async function registerSessionKey(session: KeysealSession, register: Register): Promise<AnySession> {
  const made = await newPair();
  if (!made) return session;
  const { pair, kind } = made;
  const { kty, crv, x, y } = await webCrypto().exportKey('jwk', pair.publicKey);
  const proof = await proofBy(pair.privateKey, kind, session.accessToken);
  try {
    const publicKey = { kty, crv, x, ...(y === undefined ? {} : { y }) };
    const { responseKeys } = await register({ publicKey, proof });
    const { signingSecret: _, ...kept } = session;
    return { ...kept, privateKey: pair.privateKey, responseKeys };
  } catch (error) {
    if (error instanceof KeysealRefusal && error.details.httpStatus < 500) return session;
    throw error;
  }
}

async function newPair(): Promise<{ readonly pair: CryptoKeyPair; readonly kind: KeyKind } | null> {
  for (const kind of KINDS) {
    try {
      const pair = await webCrypto().generateKey(kind.algorithm, false, ['sign', 'verify']);
      return { pair: pair as CryptoKeyPair, kind };
    } catch {
      // The browser does not have this kind.
    }
  }
  return null;
}

/** A compact JWS. Issuer and time are those of the access token, which the service has just made: the clock here may be wrong. */
async function proofBy(key: CryptoKey, { alg, signature }: KeyKind, accessToken: string): Promise<string> {
  const { iss, iat } = unverifiedClaims(accessToken);
  const parts = [{ alg }, { aud: iss, iat, jti: newNonce() }];
  const text = parts.map((part) => base64Url(utf8.encode(JSON.stringify(part)))).join('.');
  const bytes = await webCrypto().sign(signature, key, utf8.encode(text));
  return `${text}.${base64Url(new Uint8Array(bytes))}`;
}

const utf8 = new TextEncoder();
const base64Url = (bytes: Uint8Array): string =>
  base64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');

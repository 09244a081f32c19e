import { base64Url } from '../../shared/structured-fields/values.ts';
import { newNonce } from '../signing/signature-headers.ts';
import { webCrypto } from '../signing/web-hashes.ts';

/** What the service requires to register a public key: the key, and a proof that this page has the private key. */
export interface PublicKeyRegistration {
  readonly publicKey: Readonly<Record<string, unknown>>;
  readonly proof: string;
}

interface KeyKind {
  readonly algorithm: AlgorithmIdentifier | EcKeyGenParams;
  /** How a proof is signed, and the name of that algorithm in a JWS (RFC 7518 §3.1, RFC 8037 §3.1). */
  readonly signature: AlgorithmIdentifier | EcdsaParams;
  readonly alg: string;
}

/** In order of preference: the first that the browser supports is used. */
const KINDS: readonly KeyKind[] = [
  { algorithm: 'Ed25519', signature: 'Ed25519', alg: 'EdDSA' },
  {
    algorithm: { name: 'ECDSA', namedCurve: 'P-256' } as EcKeyGenParams,
    signature: { name: 'ECDSA', hash: 'SHA-256' } as EcdsaParams,
    alg: 'ES256',
  },
];

/** A key pair, and how it signs a proof. */
interface SigningPair {
  readonly pair: CryptoKeyPair;
  readonly kind: Pick<KeyKind, 'signature' | 'alg'>;
}

/**
 * Makes a key pair: Ed25519, or P-256 in a browser without it.
 * @param extractable whether code can read the private key
 * @returns null if the browser has neither
 */
export async function newSigningPair(extractable: boolean): Promise<SigningPair | null> {
  for (const kind of KINDS) {
    try {
      const pair = await webCrypto().generateKey(kind.algorithm, extractable, ['sign', 'verify']);
      return { pair: pair as CryptoKeyPair, kind };
    } catch {
      // The browser does not have this kind.
    }
  }
  return null;
}

/** The service for which a proof is valid, and since when. */
interface ProofClaims {
  /** The issuer of the service. */
  readonly aud: unknown;
  /** Unix seconds, by the service's clock. */
  readonly iat: unknown;
}

/** The public key of a key pair, and a compact JWS over the claims, signed with its private key. */
export async function registrationBy(
  { pair, kind: { alg, signature } }: SigningPair,
  { aud, iat }: ProofClaims,
): Promise<PublicKeyRegistration> {
  const { kty, crv, x, y } = await webCrypto().exportKey('jwk', pair.publicKey);
  const parts = [{ alg }, { aud, iat, jti: newNonce() }];
  const text = parts.map((part) => base64Url(utf8.encode(JSON.stringify(part)))).join('.');
  const bytes = await webCrypto().sign(signature, pair.privateKey, utf8.encode(text));
  return {
    publicKey: { kty, crv, x, ...(y === undefined ? {} : { y }) },
    proof: `${text}.${base64Url(new Uint8Array(bytes))}`,
  };
}

const utf8 = new TextEncoder();

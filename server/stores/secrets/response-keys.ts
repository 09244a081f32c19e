import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import type { Vault } from './vault.ts';

/** A PKCS #8 document up to the 32 bytes of an Ed25519 private key (RFC 8410 §7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

interface ResponseKey {
  /** The thumbprint of the public key (RFC 7638). */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly x: string;
}

/** The key that signs now. */
export interface ResponseSigningKey {
  readonly kid: string;
  /** Signs with Ed25519 (RFC 9421 §3.3.6). @returns base64 @param text ASCII */
  readonly sign: (text: string) => string;
}

/**
 * The Ed25519 keys of the service's responses, one for each loaded master key, from which it is derived: all instances have
 * the same. The newest signs. So a new master key that is first loaded behind the current one is published before it signs,
 * and the key of an old one is published until that is taken away.
 */
export class ResponseKeys {
  readonly #keys: readonly ResponseKey[];

  constructor(vault: Pick<Vault, 'versions' | 'responseSeed'>) {
    this.#keys = vault.versions.map((version) => deriveKey(vault.responseSeed(version)));
  }

  /** The key that signs now. */
  signer(): ResponseSigningKey {
    const { kid, privateKey } = this.#keys[0] as ResponseKey;
    return { kid, sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64') };
  }

  /** What the directory publishes: a JWKS (RFC 7517 §5). */
  directory(): { readonly keys: readonly Readonly<Record<string, string>>[] } {
    return {
      keys: this.#keys.map(({ kid, x }) => ({
        kty: 'OKP',
        crv: 'Ed25519',
        use: 'sig',
        alg: 'EdDSA',
        kid,
        x,
      })),
    };
  }
}

function deriveKey(seed: Buffer): ResponseKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = hash('sha256', JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }), 'base64url');
  return { kid, privateKey, x };
}

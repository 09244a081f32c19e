import { webCrypto } from '../signing/web-hashes.ts';
import type { ResponseKey } from './response-key.ts';

/**
 * Imports the keys of a directory by their ids. Keys of other kinds are left out, because the service signs only with Ed25519,
 * and so are keys that cannot be imported: nothing verifies with them.
 * @param directory a JWKS (RFC 7517 §5)
 */
export async function importKeySet(directory: unknown): Promise<ReadonlyMap<string, CryptoKey>> {
  const { keys } = Object(directory) as { keys?: unknown };
  const found = new Map<string, CryptoKey>();
  for (const { kty, crv, kid, x } of Array.isArray(keys) ? keys.map(Object) : []) {
    if (kty !== 'OKP' || crv !== 'Ed25519' || typeof kid !== 'string') continue;
    const key = webCrypto().importKey('jwk', { kty, crv, x }, 'Ed25519', false, ['verify']);
    const imported = await key.catch(() => null);
    if (imported) found.set(kid, imported);
  }
  return found;
}

/** Verifies with the key that a signature names. @param find finds a key by its id */
export const keyById = (find: (keyId: string) => Promise<CryptoKey | undefined>): ResponseKey => ({
  algorithm: 'ed25519',
  isNamed: async (keyId) => (await find(keyId)) !== undefined,
  verifies: async (base, signature, keyId) => {
    const key = await find(keyId);
    const [bytes, text] = [Uint8Array.from(signature), new TextEncoder().encode(base)];
    return key !== undefined && webCrypto().verify('Ed25519', key, bytes, text);
  },
});

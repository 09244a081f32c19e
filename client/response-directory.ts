import { RESPONSE_KEYS_PATH } from '../shared/http-signature/response.ts';
import type { Send } from './transport.ts';
import type { ResponseKey } from './verify-response.ts';
import { webCrypto } from './web-hashes.ts';

/** Milliseconds after which the directory is read again, and the least between two readings. */
const KEPT_MS = 300_000;
const PAUSE_MS = 5_000;

/** The public keys by which the service signs responses, from its directory: read at first use, and again for a new key. */
export class ResponseDirectory implements ResponseKey {
  readonly algorithm = 'ed25519';
  readonly #read: () => Promise<ReadonlyMap<string, CryptoKey>>;
  #keys: Promise<ReadonlyMap<string, CryptoKey>> | null = null;
  #readAt = 0;

  /** @param base the service's URL */
  constructor(base: string, send: Send) {
    const url = base + RESPONSE_KEYS_PATH;
    this.#read = async () => {
      const response = await send({ url, method: 'GET', headers: {}, body: null, signal: null });
      if (response.status !== 200) throw new Error(`the directory of keys answers HTTP ${response.status}`);
      return importAll(await response.json());
    };
  }

  readonly isNamed = async (keyId: string): Promise<boolean> => (await this.#find(keyId)) !== undefined;

  readonly verifies = async (base: string, signature: Uint8Array, keyId: string): Promise<boolean> => {
    const key = await this.#find(keyId);
    const [bytes, text] = [Uint8Array.from(signature), new TextEncoder().encode(base)];
    return key !== undefined && webCrypto().verify('Ed25519', key, bytes, text);
  };

  async #find(keyId: string): Promise<CryptoKey | undefined> {
    const age = Date.now() - this.#readAt;
    const known = age < KEPT_MS ? (await this.#keys)?.get(keyId) : undefined;
    if (known || (this.#keys && age < PAUSE_MS)) return known;
    this.#readAt = Date.now();
    const reading = this.#read();
    this.#keys = reading;
    // A directory that could not be read is asked for again with the next response.
    reading.catch(() => {
      if (this.#keys === reading) this.#keys = null;
    });
    return (await reading).get(keyId);
  }
}

/** Keys of other kinds are left out: the service signs by Ed25519 alone. */
async function importAll(directory: unknown): Promise<ReadonlyMap<string, CryptoKey>> {
  const { keys } = Object(directory) as { keys?: unknown };
  const found = new Map<string, CryptoKey>();
  for (const { kty, crv, kid, x } of Array.isArray(keys) ? keys.map(Object) : []) {
    if (kty !== 'OKP' || crv !== 'Ed25519' || typeof kid !== 'string') continue;
    found.set(kid, await webCrypto().importKey('jwk', { kty, crv, x }, 'Ed25519', false, ['verify']));
  }
  return found;
}

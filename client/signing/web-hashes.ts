import { bytesFromHex, hexOf } from '../../shared/hex.ts';
import type { HashProvider } from './hash-provider.ts';

const utf8 = new TextEncoder();
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** Imported keys, so that a client with one secret imports it once. */
const imported = new Map<string, Promise<CryptoKey>>();
const MAX_IMPORTED = 100;

/** Hashes with WebCrypto, which every runtime has. */
export const webHashes: HashProvider = {
  async sha256Hex(data) {
    return hexOf(
      new Uint8Array(
        await webCrypto().digest('SHA-256', typeof data === 'string' ? utf8.encode(data) : data),
      ),
    );
  },
  hmacHex: async (secret, text) => macByKey(await importOnce(secret), text),
};

/** SHA-512 of bytes, lowercase hex. */
export async function sha512Hex(data: Uint8Array<ArrayBuffer>): Promise<string> {
  return hexOf(new Uint8Array(await webCrypto().digest('SHA-512', data)));
}

/** HMAC-SHA-256 of a string, lowercase hex, with a key that need not be extractable. */
export async function macByKey(key: CryptoKey, text: string): Promise<string> {
  return hexOf(new Uint8Array(await webCrypto().sign('HMAC', key, utf8.encode(text))));
}

/** Whether `mac`, lowercase hex, is the HMAC-SHA-256 of a string; WebCrypto compares in constant time. */
export async function hmacMatches(
  signingSecret: string | CryptoKey,
  text: string,
  mac: string,
): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(mac)) return false;
  const key = typeof signingSecret === 'string' ? await importOnce(signingSecret) : signingSecret;
  const bytes = bytesFromHex(mac);
  return webCrypto().verify('HMAC', key, bytes, utf8.encode(text));
}

/** A non-extractable key: it signs, and no code can read it. */
export function importKey(signingSecret: string): Promise<CryptoKey> {
  return webCrypto().importKey('raw', utf8.encode(signingSecret), HMAC, false, ['sign', 'verify']);
}

/** @throws Error if the page is not a secure context, in which browsers offer WebCrypto */
export function webCrypto(): SubtleCrypto {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) throw new Error(INSECURE);
  return subtle;
}

const INSECURE =
  'Requests cannot be signed here: browsers have WebCrypto only on HTTPS and localhost pages. Open this page through one of them.';

function importOnce(signingSecret: string): Promise<CryptoKey> {
  const known = imported.get(signingSecret);
  if (known !== undefined) return known;
  if (imported.size >= MAX_IMPORTED) imported.clear();
  const key = importKey(signingSecret);
  imported.set(signingSecret, key);
  return key;
}

import type { Awaitable } from './hash-provider.ts';
import { findNodeHashes } from './node-hashes.ts';
import { macByKey, webHashes } from './web-hashes.ts';

/** A signing secret as a string, or imported as an HMAC-SHA-256 key with the usages `sign` and `verify`. */
export type SigningSecret = string | CryptoKey;

/** Chosen once: `node:crypto` if the runtime has it, otherwise WebCrypto. */
const hashes = findNodeHashes() ?? webHashes;

/** HMAC-SHA-256 of a string, lowercase hex. The key is the signing secret as a literal string, prefix included. */
export function hmacHex(signingSecret: SigningSecret, text: string): Awaitable<string> {
  return typeof signingSecret === 'string'
    ? hashes.hmacHex(signingSecret, text)
    : macByKey(signingSecret, text);
}

/** SHA-256 of a string's UTF-8 or of bytes, lowercase hex. */
export function sha256Hex(data: string | Uint8Array<ArrayBuffer>): Awaitable<string> {
  return hashes.sha256Hex(data);
}

import type { Awaitable } from './hash-provider.ts';
import { findNodeHashes } from './node-hashes.ts';
import { macByKey, webHashes } from './web-hashes.ts';

/** The text of a signing secret, or that text imported for HMAC-SHA-256, to sign and to verify. */
export type SigningSecret = string | CryptoKey;

/** Chosen once: `node:crypto` if the runtime has it, otherwise WebCrypto. */
const hashes = findNodeHashes() ?? webHashes;

/** HMAC-SHA-256 of a text, lowercase hex. The key is the literal text of the signing secret, prefix included. */
export function hmacHex(signingSecret: SigningSecret, text: string): Awaitable<string> {
  return typeof signingSecret === 'string'
    ? hashes.hmacHex(signingSecret, text)
    : macByKey(signingSecret, text);
}

/** SHA-256 of a text's UTF-8 or of bytes, lowercase hex. */
export function sha256Hex(data: string | Uint8Array<ArrayBuffer>): Awaitable<string> {
  return hashes.sha256Hex(data);
}

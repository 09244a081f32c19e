import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256's block size and output size, in bytes. */
const BLOCK = 64;
const DIGEST = 32;

/**
 * HMAC-SHA-256 (RFC 2104 §2), lowercase hex, by two plain hashes: creating one of OpenSSL's HMAC objects takes longer
 * than both. Strings are taken as UTF-8.
 */
export function hmacSha256(secret: string | Uint8Array, message: string | Uint8Array): string {
  const given = typeof secret === 'string' ? Buffer.from(secret) : secret;
  const key = given.length > BLOCK ? hash('sha256', given, 'buffer') : given;
  const inner = Buffer.allocUnsafe(BLOCK + Buffer.byteLength(message));
  const outer = Buffer.allocUnsafe(BLOCK + DIGEST);
  for (let i = 0; i < BLOCK; i++) {
    const byte = key[i] ?? 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  if (typeof message === 'string') inner.write(message, BLOCK);
  else inner.set(message, BLOCK);
  outer.write(hash('sha256', inner, 'binary'), BLOCK, 'binary');
  return hash('sha256', outer, 'hex');
}

/**
 * Whether `mac` is the whole HMAC-SHA-256 of a message, compared in constant time.
 * @param mac lowercase hex of 32 bytes; anything else, also a truncated tag, returns false
 */
export function verifyHmac(secret: string | Uint8Array, message: string | Uint8Array, mac: string): boolean {
  const given = Buffer.from(mac);
  const expected = Buffer.from(hmacSha256(secret, message));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

import { createHmac, timingSafeEqual } from 'node:crypto';

/** HMAC-SHA-256 (RFC 2104) of a text, lowercase hex. The key is the literal ASCII text of a signing secret. */
export function macOf(secret: string | Uint8Array, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/**
 * Whether `mac` is the whole HMAC-SHA-256 of `base`, compared in constant time.
 * @param mac lowercase hex of 32 bytes; anything else, a truncated tag too, is false
 */
export function verifyMac(secret: string | Uint8Array, base: string, mac: string): boolean {
  const given = Buffer.from(mac);
  const expected = Buffer.from(macOf(secret, base));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

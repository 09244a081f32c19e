import { isAscii } from 'node:buffer';
import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256's block size and output size, in bytes. */
const BLOCK = 64;
const DIGEST = 32;

/**
 * A secret prepared for many HMACs: its padded keys are computed once (RFC 2104 §4). Two plain hashes are faster than one
 * of OpenSSL's HMAC objects.
 */
export class HmacKey {
  readonly #inner: Buffer;
  /** The inner padded key as a string if all of it is ASCII, so that a string can follow without a copy; otherwise null. */
  readonly #innerText: string | null;
  readonly #outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);

  /** @param secret a string is encoded in UTF-8 */
  constructor(secret: string | Uint8Array) {
    const given = typeof secret === 'string' ? Buffer.from(secret) : secret;
    const key = given.length > BLOCK ? hash('sha256', given, 'buffer') : given;
    this.#inner = Buffer.alloc(BLOCK, 0x36);
    for (const [i, byte] of key.entries()) {
      this.#inner[i] = byte ^ 0x36;
      this.#outer[i] = byte ^ 0x5c;
    }
    this.#innerText = isAscii(this.#inner) ? this.#inner.toString('latin1') : null;
  }

  /**
   * HMAC-SHA-256 (RFC 2104 §2), in lowercase hex by default; `binary` has one character for each byte. A string is encoded in
   * UTF-8.
   */
  mac(message: string | Uint8Array, encoding: 'hex' | 'base64' | 'binary' = 'hex'): string {
    const whole =
      typeof message === 'string' && this.#innerText !== null
        ? this.#innerText + message
        : Buffer.concat([this.#inner, typeof message === 'string' ? Buffer.from(message) : message]);
    this.#outer.write(hash('sha256', whole, 'binary'), BLOCK, 'binary');
    return hash('sha256', this.#outer, encoding);
  }

  /**
   * Whether `mac` is the whole HMAC-SHA-256 of a message, compared in constant time.
   * @param mac 32 bytes, or their lowercase hex; anything else, including a truncated tag, returns false
   */
  verify(message: string | Uint8Array, mac: string | Uint8Array): boolean {
    const isHex = typeof mac === 'string';
    const given = isHex ? Buffer.from(mac) : mac;
    const expected = Buffer.from(this.mac(message, isHex ? 'hex' : 'binary'), 'latin1');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

/** HMAC-SHA-256 (RFC 2104 §2) in lowercase hex. Strings are encoded in UTF-8. */
export const hmacSha256 = (secret: string | Uint8Array, message: string | Uint8Array): string =>
  new HmacKey(secret).mac(message);

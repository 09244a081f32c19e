/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** Computes hashes and MACs. All strings are hashed as UTF-8; results are lowercase hex. */
export interface HashProvider {
  /** SHA-256 of a string or of bytes. */
  sha256Hex(data: string | Uint8Array<ArrayBuffer>): Awaitable<string>;
  /** HMAC-SHA-256 of a string. The key is the secret as a literal string. */
  hmacHex(secret: string, text: string): Awaitable<string>;
}

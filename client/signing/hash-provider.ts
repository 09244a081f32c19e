/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** Where hashes and MACs come from. All texts are hashed as UTF-8; results are lowercase hex. */
export interface HashProvider {
  /** SHA-256 of a text or of bytes. */
  sha256Hex(data: string | Uint8Array<ArrayBuffer>): Awaitable<string>;
  /** HMAC-SHA-256 of a text. The key is the literal text of the secret. */
  hmacHex(secret: string, text: string): Awaitable<string>;
}

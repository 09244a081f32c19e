import { createHash, type Hash, hash } from 'node:crypto';

/** The first allocation, in bytes. */
const FIRST_ALLOCATION = 1024;
/** Bytes that are hashed together: one hash of a large body at its end would delay other requests. */
const BYTES_PER_HASH = 64 * 1024;

/**
 * The bytes of one body, in one allocation that doubles: with a list of chunks, a sender of single bytes would cost the process
 * more than a hundred times what arrived. It uses at most twice the bytes that arrived, plus a kilobyte. A body in one chunk is
 * not copied.
 */
export class ArrivingBytes {
  #bytes: Buffer = EMPTY;
  #size = 0;
  #hash: Hash | null = null;
  #hashed = 0;

  add(chunk: Buffer): void {
    const size = this.#size + chunk.length;
    if (this.#size === 0) this.#bytes = chunk;
    else {
      if (size > this.#bytes.length) this.#grow(size);
      chunk.copy(this.#bytes, this.#size);
    }
    this.#size = size;
    if (size - this.#hashed >= BYTES_PER_HASH) this.#hashRest();
  }

  /** What has arrived, and its SHA-256 in lowercase hex. */
  whole(): { readonly bytes: Buffer; readonly digest: string } {
    const bytes = this.#bytes.subarray(0, this.#size);
    if (this.#hash === null) return { bytes, digest: hash('sha256', bytes, 'hex') };
    return { bytes, digest: this.#hashRest().digest('hex') };
  }

  clear(): void {
    this.#bytes = EMPTY;
    this.#size = 0;
  }

  #hashRest(): Hash {
    this.#hash ??= createHash('sha256');
    this.#hash.update(this.#bytes.subarray(this.#hashed, this.#size));
    this.#hashed = this.#size;
    return this.#hash;
  }

  #grow(size: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(size, 2 * this.#bytes.length, FIRST_ALLOCATION));
    this.#bytes.copy(bytes, 0, 0, this.#size);
    this.#bytes = bytes;
  }
}

const EMPTY = Buffer.alloc(0);

import type { FairnessPath } from '../../shared/fairness/fairness-path.ts';
import type { ArrivingBody, BodyMemory } from './body-memory.ts';

/**
 * Other code has read the body, so its bytes cannot be verified. This is a mistake in how a service is put
 * together, not the caller's.
 */
export class BodyAlreadyRead extends Error {
  override readonly name = 'BodyAlreadyRead';

  constructor() {
    super(
      'The body was read before the guard saw its bytes. Put the guard before every body parser and everything else that reads the request.',
    );
  }
}

/** The refusal for which the guard stops reading a body. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly reason: 'BODY_TOO_LARGE' | 'REQUEST_MALFORMED' | 'REQUEST_TIMEOUT' | 'UNAVAILABLE';

  constructor(reason: BodyRefused['reason'], message: string = reason) {
    super(message);
    this.reason = reason;
  }
}

/** The first allocation for a body, in bytes. */
const FIRST_ALLOCATION = 1024;

/**
 * The bytes of one body, in one allocation that doubles: a sender of single bytes costs no more than a sender of large
 * chunks. The allocation is charged to the budget until `release`.
 */
export class BodyBuffer implements ArrivingBody {
  #bytes = new Uint8Array(0);
  #size = 0;
  #reserved = 0;
  readonly #limit: number;
  readonly #memory: BodyMemory;
  readonly payer: FairnessPath;
  readonly startedAt = performance.now();
  #displaced: BodyRefused | null = null;
  /** Called if the body is refused while its sender is idle. */
  onDisplaced: (refused: BodyRefused) => void = () => {};

  /** @param limit maximum bytes of the body */
  constructor(limit: number, memory: BodyMemory, payer: FairnessPath) {
    this.#limit = limit;
    this.#memory = memory;
    this.payer = payer;
  }

  /** Bytes that have arrived. */
  get size(): number {
    return this.#size;
  }

  /** Appends a chunk. @returns the refusal if there is no memory for it, or null */
  add(chunk: Uint8Array): BodyRefused | null {
    if (this.#displaced) return this.#displaced;
    if (!(chunk instanceof Uint8Array)) return new BodyRefused('REQUEST_MALFORMED');
    const size = this.#size + chunk.byteLength;
    if (size > this.#limit) return new BodyRefused('BODY_TOO_LARGE');
    if (size > this.#bytes.byteLength && !this.#grow(size)) {
      return new BodyRefused(
        'UNAVAILABLE',
        'The share of this IP address in the memory for bodies is used up.',
      );
    }
    this.#bytes.set(chunk, this.#size);
    this.#size = size;
    return null;
  }

  /** The complete body, trimmed to its length. @throws BodyRefused if it was displaced */
  whole(): Uint8Array<ArrayBuffer> {
    if (this.#displaced) throw this.#displaced;
    this.#memory.end(this);
    if (this.#size < this.#bytes.byteLength) {
      this.#bytes = this.#bytes.slice(0, this.#size);
      this.#releaseBytes(this.#reserved - this.#size);
    }
    return this.#bytes;
  }

  /** Returns everything to the budget; a second call does nothing. */
  release(): void {
    this.#memory.end(this);
    this.#bytes = new Uint8Array(0);
    this.#releaseBytes(this.#reserved);
  }

  get reserved(): number {
    return this.#reserved;
  }

  displace(): void {
    this.#displaced = new BodyRefused(
      'UNAVAILABLE',
      'A body that arrived slowly was dropped, because another one needed its memory.',
    );
    this.release();
    this.onDisplaced(this.#displaced);
  }

  #grow(size: number): boolean {
    const capacity = Math.min(this.#limit, Math.max(size, 2 * this.#bytes.byteLength, FIRST_ALLOCATION));
    const more = capacity - this.#bytes.byteLength;
    if (!this.#memory.take(this, more)) return false;
    this.#reserved += more;
    try {
      const bytes = new Uint8Array(capacity);
      bytes.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = bytes;
      return true;
    } catch {
      // RangeError: the process is out of memory.
      this.#memory.end(this);
      this.#releaseBytes(more);
      return false;
    }
  }

  #releaseBytes(bytes: number): void {
    this.#reserved -= bytes;
    if (bytes > 0) this.#memory.release(this.payer, bytes);
  }
}

/** Milliseconds before the rate of a sender is checked. */
const GRACE_MS = 20_000;

/**
 * Checks that a body arrives at a minimum average rate, after a grace period, and is not displaced.
 * @param minRate bytes per second
 * @returns a function that ends the watch
 */
export function watchArrival(
  body: BodyBuffer,
  minRate: number,
  refuse: (refused: BodyRefused) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const checkRate = () => {
    const left = body.startedAt + GRACE_MS + (body.size / minRate) * 1000 - performance.now();
    if (left <= 0) refuse(new BodyRefused('REQUEST_TIMEOUT'));
    else timer = setTimeout(checkRate, Math.min(left + 1, GRACE_MS));
  };
  body.onDisplaced = refuse;
  checkRate();
  return () => {
    clearTimeout(timer);
    body.onDisplaced = () => {};
  };
}

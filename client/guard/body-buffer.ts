import type { FairBudget } from '../../shared/fairness/fair-budget.ts';
import type { FairnessKey } from '../../shared/fairness/fairness-key.ts';

/**
 * Somebody has read the body before: its bytes cannot be judged any more. This is a mistake in how a service is put
 * together, and no caller's.
 */
export class BodyAlreadyRead extends Error {
  override readonly name = 'BodyAlreadyRead';

  constructor() {
    super(
      'The body was read before the guard saw its bytes. Put the guard before every body parser and whatever else reads the request.',
    );
  }
}

/** Why a body is not read to its end. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly reason: 'BODY_TOO_LARGE' | 'REQUEST_MALFORMED' | 'REQUEST_TIMEOUT' | 'UNAVAILABLE';

  constructor(reason: BodyRefused['reason'], message: string = reason) {
    super(message);
    this.reason = reason;
  }
}

/** The first allocation for a body, in bytes. */
const FIRST = 1024;

/**
 * The bytes of one body, in one allocation that doubles: a sender of single bytes costs no more than a sender of large
 * chunks. What is allocated is held against the budget until `release`. Nothing here throws.
 */
export class BodyBuffer {
  #bytes = new Uint8Array(0);
  #size = 0;
  #held = 0;
  readonly #limit: number;
  readonly #budget: FairBudget;
  readonly #holder: FairnessKey;

  /** @param limit bytes of the body */
  constructor(limit: number, budget: FairBudget, holder: FairnessKey) {
    this.#limit = limit;
    this.#budget = budget;
    this.#holder = holder;
  }

  /** Bytes that have arrived. */
  get size(): number {
    return this.#size;
  }

  /** Appends a chunk. @returns why there is no room for it, or null */
  add(chunk: Uint8Array): BodyRefused | null {
    if (!(chunk instanceof Uint8Array)) return new BodyRefused('REQUEST_MALFORMED');
    const size = this.#size + chunk.byteLength;
    if (size > this.#limit) return new BodyRefused('BODY_TOO_LARGE');
    if (size > this.#bytes.byteLength && !this.#grow(size)) {
      return new BodyRefused('UNAVAILABLE', 'The share of this address in the memory for bodies is used up.');
    }
    this.#bytes.set(chunk, this.#size);
    this.#size = size;
    return null;
  }

  /** The body, without what was allocated beyond it. */
  whole(): Uint8Array<ArrayBuffer> {
    if (this.#size < this.#bytes.byteLength) {
      this.#bytes = this.#bytes.slice(0, this.#size);
      this.#giveBack(this.#held - this.#size);
    }
    return this.#bytes;
  }

  /** Gives everything back to the budget; a second call does nothing. */
  release(): void {
    this.#bytes = new Uint8Array(0);
    this.#giveBack(this.#held);
  }

  #grow(size: number): boolean {
    const capacity = Math.min(this.#limit, Math.max(size, 2 * this.#bytes.byteLength, FIRST));
    const more = capacity - this.#bytes.byteLength;
    if (!this.#budget.take(this.#holder, more)) return false;
    this.#held += more;
    try {
      const bytes = new Uint8Array(capacity);
      bytes.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = bytes;
      return true;
    } catch {
      // RangeError: the process has no memory left.
      this.#giveBack(more);
      return false;
    }
  }

  #giveBack(bytes: number): void {
    this.#held -= bytes;
    if (bytes > 0) this.#budget.giveBack(this.#holder, bytes);
  }
}

/** Milliseconds before the rate of a sender counts. */
const GRACE_MS = 20_000;

/**
 * Watches that a body arrives at no less than an average rate, after a grace period.
 * @param minRate bytes per second
 * @returns what ends the watch
 */
export function watchRate(body: BodyBuffer, minRate: number, tooSlow: () => void): () => void {
  const begun = performance.now();
  let timer: ReturnType<typeof setTimeout>;
  const look = () => {
    const left = begun + GRACE_MS + (body.size / minRate) * 1000 - performance.now();
    if (left <= 0) tooSlow();
    else timer = setTimeout(look, Math.min(left + 1, GRACE_MS));
  };
  look();
  return () => clearTimeout(timer);
}

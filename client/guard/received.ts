/** A request as it arrived at a service, to be judged. */
export interface Received {
  readonly method: string;
  /** Path and query as on the request line. */
  readonly target: string;
  /** Every header, repeats too, in order. */
  readonly headers: readonly (readonly [string, string])[];
  /** From where it came; null where that is not known. */
  readonly address: string | null;
  /** The very bytes that will be parsed. */
  readonly body: Uint8Array<ArrayBuffer>;
}

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
  readonly reason: 'BODY_TOO_LARGE' | 'REQUEST_MALFORMED' | 'UNAVAILABLE';

  constructor(reason: BodyRefused['reason']) {
    super(reason);
    this.reason = reason;
  }
}

/** The bytes that a guard holds for all requests together. */
export class Budget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** @throws BodyRefused where there is no room */
  take(bytes: number): void {
    if (bytes > this.#left) throw new BodyRefused('UNAVAILABLE');
    this.#left -= bytes;
  }

  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}

/** What has arrived of one body: no more than so many bytes, held against the budget until they are whole. */
export class Collected {
  readonly #parts: Uint8Array[] = [];
  readonly #most: number;
  readonly #budget: Budget;
  #size = 0;

  constructor(most: number, budget: Budget) {
    this.#most = most;
    this.#budget = budget;
  }

  /** @throws BodyRefused where there is no room */
  add(chunk: Uint8Array): void {
    if (this.#size + chunk.byteLength > this.#most) throw new BodyRefused('BODY_TOO_LARGE');
    this.#budget.take(chunk.byteLength);
    this.#size += chunk.byteLength;
    this.#parts.push(chunk);
  }

  whole(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.byteLength;
    }
    return whole;
  }

  /** Gives the bytes back to the budget. */
  release(): void {
    this.#budget.giveBack(this.#size);
    this.#size = 0;
  }
}

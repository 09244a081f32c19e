/** Calls that wait for one watcher who reads slowly; beyond them the oldest are dropped. */
const MOST_WAITING = 200;

/** A call of a key that has ended. */
export interface TailedCall {
  readonly keyId: string;
  /** Milliseconds. */
  readonly at: number;
  readonly procedure: string;
  /** `OK`, or the reason of the refusal: one of a newer version too. */
  readonly outcome: string;
  /** From when the request was read. */
  readonly durationMs: number;
  readonly address: string | null;
  readonly requestId: string;
}

/** What a watcher is told: a call, or that so many were dropped. */
export type TailItem = TailedCall | { readonly missed: number };

/** One watcher's view of a key's calls: a short queue that never holds a call up. */
export class TailSubscription {
  readonly close: () => void;
  #waiting: TailedCall[] = [];
  #missed = 0;
  #wake: () => void = () => {};

  constructor(close: () => void) {
    this.close = close;
  }

  push(call: TailedCall): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#waiting.shift();
      this.#missed++;
    }
    this.#waiting.push(call);
    this.#wake();
  }

  /** Calls that were lost before they came here. */
  miss(count: number): void {
    this.#missed += count;
    this.#wake();
  }

  /** What comes next, the oldest first; null where nothing came for so many milliseconds, or the watcher leaves. */
  async next(signal: AbortSignal, patienceMs: number): Promise<TailItem | null> {
    if (this.#missed === 0 && this.#waiting.length === 0) await this.#something(signal, patienceMs);
    if (this.#missed === 0) return this.#waiting.shift() ?? null;
    const missed = this.#missed;
    this.#missed = 0;
    return { missed };
  }

  #something(signal: AbortSignal, patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', go);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(go, patienceMs);
      this.#wake = go;
      signal.addEventListener('abort', go);
      if (signal.aborted) go();
    });
  }
}

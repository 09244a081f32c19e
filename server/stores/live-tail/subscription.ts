/** Calls that wait for one slow watcher. Beyond them the oldest are dropped. */
const MAX_WAITING = 200;

/** A finished call of a key. */
export interface TailedCall {
  readonly keyId: string;
  /** Milliseconds. */
  readonly at: number;
  readonly procedure: string;
  /** `OK`, or the reason of the refusal, possibly one that only a newer version knows. */
  readonly outcome: string;
  /** Counted from when the request was read. */
  readonly durationMs: number;
  readonly address: string | null;
  readonly requestId: string;
}

/** An event for a watcher: a call, or how many were dropped. */
export type TailItem = TailedCall | { readonly missed: number };

/** One watcher's view of a key's calls: a short queue that never delays a call. */
export class TailSubscription {
  readonly close: () => void;
  #waiting: TailedCall[] = [];
  #missed = 0;
  #wake: () => void = () => {};

  constructor(close: () => void) {
    this.close = close;
  }

  push(call: TailedCall): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.shift();
      this.#missed++;
    }
    this.#waiting.push(call);
    this.#wake();
  }

  /** Counts calls that were lost before they reached this instance. */
  miss(count: number): void {
    this.#missed += count;
    this.#wake();
  }

  /** The next event, the oldest first; null if none came within so many milliseconds, or if the watcher leaves. */
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

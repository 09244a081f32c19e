/** The minimum and the maximum limit that a service can set, in milliseconds. */
const LIMITS = [1_000, 600_000] as const;

/**
 * Detects a silent connection: its path can break without notice to either end. A service that sends heartbeats states after
 * which time a connection is dead; without heartbeats, silence means nothing.
 */
export class SilenceTimer {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #limit: number;
  /** The time of the last byte, by `performance.now()`. */
  #receivedAt = performance.now();
  readonly #onSilence: (why: Error) => void;

  /** @param limit in milliseconds, until the service sets another one */
  constructor(limit: number, onSilence: (why: Error) => void) {
    this.#limit = limit;
    this.#onSilence = onSilence;
    this.#start(limit);
  }

  /** Notes that something arrived. */
  restart(): void {
    this.#receivedAt = performance.now();
  }

  /** Sets the limit that the service sends when a stream begins. @param options tRPC's options for the client, as JSON */
  setLimit(options: string): void {
    const ms = readOptions(options).reconnectAfterInactivityMs;
    this.stop();
    if (typeof ms !== 'number' || !(ms > 0)) return;
    this.#limit = Math.min(Math.max(ms, LIMITS[0]), LIMITS[1]);
    this.#start(this.#limit);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #start(ms: number): void {
    this.#timer = setTimeout(() => this.#check(), ms);
    // The connection keeps Node running; the timer must not.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  #check(): void {
    const left = this.#receivedAt + this.#limit - performance.now();
    if (left > 0) this.#start(left);
    else this.#onSilence(new Error(`Nothing arrived for ${this.#limit} ms; the client reconnects.`));
  }
}

function readOptions(text: string): { readonly reconnectAfterInactivityMs?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

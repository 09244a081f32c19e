import type { ServerResponse } from 'node:http';

/** After this many intervals without a byte, either end closes the connection. */
const SILENT_INTERVALS = 3;
/** Ticks per interval. */
const TICKS = 40;
/** The shortest and the longest tick length, in milliseconds. */
const TICK_MS = [25, 500] as const;
/** The number of streams that any tick may serve. */
const MIN_PER_TICK = 32;

/** A stream that can send a heartbeat. */
export interface BeatingStream {
  beat(): void;
}

/**
 * Sends heartbeats, so that proxies do not close idle streams, and both ends notice a path that breaks silently. All
 * streams share one timer. Streams that opened together are spread over an interval, so that no tick takes long.
 */
export class Heartbeat {
  readonly #everyMs: number;
  readonly #tickMs: number;
  /** The open streams with the time of their last heartbeat, the longest ago first. */
  readonly #beatAt = new Map<BeatingStream, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(seconds: number) {
    this.#everyMs = seconds * 1_000;
    this.#tickMs = Math.min(Math.max(this.#everyMs / TICKS, TICK_MS[0]), TICK_MS[1]);
  }

  /** Milliseconds without a byte after which either end closes the connection. */
  get silenceMs(): number {
    return this.#everyMs * SILENT_INTERVALS;
  }

  /** Sends heartbeats on a stream. @returns a function that stops them */
  start(stream: BeatingStream): () => void {
    this.#beatAt.set(stream, performance.now());
    this.#timer ??= setInterval(() => this.#beatDue(), this.#tickMs);
    return () => {
      this.#beatAt.delete(stream);
      if (this.#beatAt.size > 0 || !this.#timer) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  /**
   * Closes the connection of a stream whose peer reads nothing: bytes have waited for that long, and none has been sent. Node's
   * socket timeout counts bytes that were sent, not bytes that were written.
   */
  setStallTimeout(response: ServerResponse): void {
    response.setTimeout(this.silenceMs);
  }

  #beatDue(): void {
    const now = performance.now();
    const share = (this.#beatAt.size * this.#tickMs) / this.#everyMs;
    let left = Math.max(MIN_PER_TICK, Math.ceil(2 * share));
    for (const [stream, at] of this.#beatAt) {
      // A heartbeat may be half a tick early, so that none is a whole tick late.
      if (now - at < this.#everyMs - this.#tickMs || left-- === 0) return;
      this.#beatAt.delete(stream);
      this.#beatAt.set(stream, now);
      stream.beat();
    }
  }
}

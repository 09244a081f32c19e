import type { ServerResponse } from 'node:http';

/** How many intervals may pass without a byte before the other end counts as gone. */
const MISSED = 3;
/** Looks per interval. */
const LOOKS = 40;
/** Milliseconds between two looks. */
const TICK_MS = [25, 500] as const;
/** Streams that one look may serve, whatever their number. */
const LEAST_A_TICK = 32;

/** A stream that says now and then that it is alive. */
export interface BeatingStream {
  beat(): void;
}

/**
 * Keeps proxies from cutting idle streams, and lets both ends notice a path that has broken without a word. All streams
 * share one timer; streams that began together are spread over an interval, so that no look takes long.
 */
export class Heartbeat {
  readonly #everyMs: number;
  readonly #tickMs: number;
  /** The open streams with the time of their last beat, the one that waits longest first. */
  readonly #beatAt = new Map<BeatingStream, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(seconds: number) {
    this.#everyMs = seconds * 1_000;
    this.#tickMs = Math.min(Math.max(this.#everyMs / LOOKS, TICK_MS[0]), TICK_MS[1]);
  }

  /** Milliseconds of silence after which either end gives a connection up. */
  get silenceMs(): number {
    return this.#everyMs * MISSED;
  }

  /** Begins to beat for a stream. @returns ends it */
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
   * Ends the connection of a stream whose peer takes nothing any more: bytes have been waiting for as long, and not one
   * of them has left. Node looks at what has left, not at what was written.
   */
  endStalled(response: ServerResponse): void {
    response.setTimeout(this.silenceMs);
  }

  #beatDue(): void {
    const now = performance.now();
    const share = (this.#beatAt.size * this.#tickMs) / this.#everyMs;
    let left = Math.max(LEAST_A_TICK, Math.ceil(2 * share));
    for (const [stream, at] of this.#beatAt) {
      // Half a tick early is nearer than half a tick late.
      if (now - at < this.#everyMs - this.#tickMs || left-- === 0) return;
      this.#beatAt.delete(stream);
      this.#beatAt.set(stream, now);
      stream.beat();
    }
  }
}

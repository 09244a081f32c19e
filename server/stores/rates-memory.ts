import type { Clock } from './clock.ts';
import type { Fill } from './fill.ts';
import type { Counter, Hit, RateStore } from './rates.ts';
import { hitAll, SlidingWindow } from './sliding-window.ts';

/** Windows that are held at once; with more, further callers are told to come back, and none is forgotten. */
const MOST = 200_000;
/** A full store looks for windows that are empty no more often than this. */
const SWEEP_MS = 1_000;

/** A store that has no room for another window; the code is SQLSTATE's for a configured limit. */
class NoRoom extends Error {
  override readonly name = 'NoRoom';
  readonly code = '53400';
}

/** Sliding windows in the memory of the one process that serves. */
export class MemoryRateStore implements RateStore {
  readonly load = null;
  readonly #clock: Clock;
  readonly #most: number;
  readonly #windows = new Map<string, SlidingWindow>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, most = MOST) {
    this.#clock = clock;
    this.#most = most;
  }

  get windows(): Fill {
    return { held: this.#windows.size, most: this.#most };
  }

  async hit(counters: readonly Counter[]): Promise<Hit> {
    const windows = counters.map((counter) => this.#windowOf(counter));
    const limits = counters.map(limitOf);
    const now = this.#clock();
    if (counters.some(({ id }) => !this.#windows.has(id))) {
      const hit = hitAll(windows, limits, now, false);
      if (!hit.allowed) return hit;
      this.#keep(counters, windows);
    }
    return hitAll(windows, limits, now, true);
  }

  async look(counters: readonly Counter[]): Promise<Hit> {
    const windows = counters.map((counter) => this.#windowOf(counter));
    return hitAll(windows, counters.map(limitOf), this.#clock(), false);
  }

  async purge(): Promise<void> {
    const now = this.#clock();
    for (const [id, window] of this.#windows) if (window.settle(now) === 0) this.#windows.delete(id);
  }

  async close(): Promise<void> {}

  #windowOf({ id, limit }: Counter): SlidingWindow {
    return this.#windows.get(id) ?? new SlidingWindow(limit.windowSeconds);
  }

  #keep(counters: readonly Counter[], windows: readonly SlidingWindow[]): void {
    for (const [i, { id }] of counters.entries()) {
      if (this.#windows.has(id)) continue;
      this.#makeRoom();
      this.#windows.set(id, windows[i] as SlidingWindow);
    }
  }

  #makeRoom(): void {
    if (this.#windows.size < this.#most) return;
    const now = this.#clock();
    if (Math.abs(now - this.#sweptAt) >= SWEEP_MS) {
      this.#sweptAt = now;
      void this.purge();
    }
    if (this.#windows.size >= this.#most) throw new NoRoom('no room for another rate window');
  }
}

const limitOf = ({ limit }: Counter) => limit;

import type { Limit, LimitState } from '../../../shared/limits.ts';
import type { Hit } from './rates.ts';

/** How many slices a window has: the cost of a hit does not grow with the limit. */
const SLICES = 60;
/** Clocks of instances that share a window may differ by this many milliseconds. */
const SKEW_MS = 5_000;

/** The stored form of a window: how many hits each slice has, from the first that has any to the last. */
export interface WindowHit {
  readonly first: number;
  readonly hits: readonly number[];
}

/**
 * Counts hits in a true sliding window. A slice counts until the whole of it is older than the window, so that no
 * span of `windowSeconds` ever holds more hits than the limit. A hit counts for at most a sixtieth longer than the
 * window.
 */
export class SlidingWindow {
  readonly #windowMs: number;
  #first: number;
  #counts: number[];
  #total = 0;
  #changed = false;

  constructor(windowSeconds: number, { first, hits }: WindowHit = { first: 0, hits: [] }) {
    this.#windowMs = windowSeconds * 1000;
    this.#first = first;
    this.#counts = [...hits];
    for (const count of hits) this.#total += count;
  }

  /** Drops slices that are too old. @param now milliseconds @returns how many hits remain */
  settle(now: number): number {
    this.#bringBack(this.#sliceOf(now));
    const oldest = this.#current(now) - SLICES;
    let gone = 0;
    while (gone < this.#counts.length && (this.#first + gone < oldest || this.#counts[gone] === 0)) {
      this.#total -= this.#counts[gone++] as number;
    }
    if (gone > 0) {
      this.#counts.splice(0, gone);
      this.#first += gone;
    }
    return this.#total;
  }

  /** Counts one hit in a settled window. @param now milliseconds */
  add(now: number): void {
    const slice = this.#current(now);
    if (this.#counts.length === 0) this.#first = slice;
    while (this.#last < slice) this.#counts.push(0);
    const last = this.#counts.length - 1;
    this.#counts[last] = (this.#counts[last] as number) + 1;
    this.#total++;
    this.#changed = true;
  }

  /** The state of a limit by this window, once it is settled. @param now milliseconds */
  state({ name, limit, windowSeconds }: Limit, now: number): LimitState {
    return {
      name,
      limit,
      windowSeconds,
      // None for a total that is not a number: the window is full then.
      remaining: this.#total < limit ? limit - this.#total : 0,
      resetAt: this.#counts.length > 0 ? this.#endOf(this.#first) : now,
    };
  }

  /** When the window is empty, in milliseconds. */
  get emptyAt(): number {
    return this.#counts.length > 0 ? this.#endOf(this.#last) : 0;
  }

  /** Whether it changed since it was made, other than by dropping old slices. */
  get changed(): boolean {
    return this.#changed;
  }

  get counted(): WindowHit {
    return { first: this.#first, hits: this.#counts };
  }

  get #last(): number {
    return this.#first + this.#counts.length - 1;
  }

  /** The slice of a time; never one before the last, so that slices stay in order. */
  #current(now: number): number {
    return Math.max(this.#sliceOf(now), this.#counts.length > 0 ? this.#last : 0);
  }

  /**
   * If a clock was set back by more than clocks may differ, move the hits back with it. Otherwise they would be
   * forgotten, or count until the clock has caught up.
   */
  #bringBack(slice: number): void {
    if (this.#counts.length === 0) return;
    const ahead = this.#last - slice;
    if (ahead * this.#windowMs <= SKEW_MS * SLICES) return;
    this.#first -= ahead;
    this.#changed = true;
  }

  #sliceOf(ms: number): number {
    return Math.floor((ms * SLICES) / this.#windowMs);
  }

  /** When a slice stops counting. */
  #endOf(slice: number): number {
    return Math.ceil(((slice + SLICES + 1) * this.#windowMs) / SLICES);
  }
}

/** Counts a call in all of its windows, or in none if one of them is full. @param now milliseconds */
export function hitAll(
  windows: readonly SlidingWindow[],
  limits: readonly Limit[],
  now: number,
  count: boolean,
): Hit {
  const counts = windows.map((window) => window.settle(now));
  const allowed = limits.every(({ limit }, i) => (counts[i] as number) < limit);
  if (allowed && count) for (const window of windows) window.add(now);
  return { allowed, states: windows.map((window, i) => window.state(limits[i] as Limit, now)) };
}

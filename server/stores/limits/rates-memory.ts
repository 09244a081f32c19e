import { setImmediate } from 'node:timers/promises';
import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Clock } from '../../lib/clock.ts';
import type { MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { Counter, Hit, RateStore } from './rates.ts';
import { hitAll, SlidingWindow } from './sliding-window.ts';

/**
 * Windows in memory at once, divided by workspace and key. Beyond a share, calls that need another window are refused
 * for now, and no window is dropped.
 */
const MAX_WINDOWS = 400_000;
/** A full store sweeps out empty windows no more often than this. */
const SWEEP_MS = 1_000;

/** Windows that are looked at before other work runs: a store may have hundreds of thousands. */
const PURGED_AT_ONCE = 10_000;

/** The store has no capacity for another window. The code is the SQLSTATE for a configured limit. */
class NoRoomForWindow extends Error {
  override readonly name = 'NoRoomForWindow';
  readonly code = '53400';
}

interface StoredWindow {
  readonly window: SlidingWindow;
  readonly payer: FairnessPath;
}

/** Sliding windows in the memory of the only process that serves. */
export class MemoryRateStore implements RateStore {
  readonly load = null;
  readonly #clock: Clock;
  readonly #slots: FairBudget;
  readonly #windows = new Map<string, StoredWindow>();
  #sweptAt = Number.NEGATIVE_INFINITY;
  /** The windows that the next sweeps look at. */
  #swept = this.#windows.entries();

  constructor(clock: Clock, maxWindows = MAX_WINDOWS) {
    this.#clock = clock;
    this.#slots = new FairBudget(maxWindows);
  }

  get windows(): Occupancy {
    return this.#slots.occupancy;
  }

  hit(counters: readonly Counter[]): MaybePromise<Hit> {
    const windows = counters.map((counter) => this.#windowOf(counter));
    const limits = counters.map(limitOf);
    const now = this.#clock();
    if (counters.some(({ id }) => !this.#windows.has(id))) {
      const hit = hitAll(windows, limits, now, false);
      if (!hit.allowed) return hit;
      if (!this.#keep(counters, windows))
        return Promise.reject(new NoRoomForWindow('no room for another rate window'));
    }
    return hitAll(windows, limits, now, true);
  }

  async peek(counters: readonly Counter[]): Promise<Hit> {
    const windows = counters.map((counter) => this.#windowOf(counter));
    return hitAll(windows, counters.map(limitOf), this.#clock(), false);
  }

  async purge(): Promise<void> {
    const all = this.#windows.entries();
    while (this.#purgeSome(all)) await setImmediate();
  }

  /** Drops the empty windows among the next ones. @returns whether there are more */
  #purgeSome(windows: IterableIterator<[string, StoredWindow]>): boolean {
    const now = this.#clock();
    for (let left = PURGED_AT_ONCE; left > 0; left--) {
      const next = windows.next();
      if (next.done) return false;
      const [id, { window, payer }] = next.value;
      if (window.settle(now) > 0) continue;
      this.#windows.delete(id);
      this.#slots.release(payer, 1);
    }
    return true;
  }

  async close(): Promise<void> {}

  #windowOf({ id, limit }: Counter): SlidingWindow {
    return this.#windows.get(id)?.window ?? new SlidingWindow(limit.windowSeconds);
  }

  /** Returns false if there is no capacity. */
  #keep(counters: readonly Counter[], windows: readonly SlidingWindow[]): boolean {
    if (!this.#takeSlots(counters)) {
      // The sweep may drop empty windows of this very call, so reserve slots for all missing ones again.
      this.#sweep();
      if (!this.#takeSlots(counters)) return false;
    }
    for (const [i, { id, payer }] of counters.entries()) {
      if (!this.#windows.has(id)) this.#windows.set(id, { window: windows[i] as SlidingWindow, payer });
    }
    return true;
  }

  /** Reserves a slot for each missing window, or none. */
  #takeSlots(counters: readonly Counter[]): boolean {
    const taken: FairnessPath[] = [];
    for (const { id, payer } of counters) {
      if (this.#windows.has(id)) continue;
      if (!this.#slots.take(payer, 1)) {
        for (const key of taken) this.#slots.release(key, 1);
        return false;
      }
      taken.push(payer);
    }
    return true;
  }

  #sweep(): void {
    const now = this.#clock();
    if (Math.abs(now - this.#sweptAt) < SWEEP_MS) return;
    this.#sweptAt = now;
    if (!this.#purgeSome(this.#swept)) this.#swept = this.#windows.entries();
  }
}

const limitOf = ({ limit }: Counter) => limit;

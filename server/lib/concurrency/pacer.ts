import type { LRUCache } from 'lru-cache';
import { type FairnessPath, groupsOf } from '../../../shared/fairness/fairness-path.ts';
import { lruCache } from '../lru-cache.ts';

/** The allowed rate of an event: on average, and in one burst after a pause. */
export interface Pace {
  readonly perSecond: number;
  readonly burst: number;
}

/** Groups that are remembered at each level; the one seen longest ago is dropped first. */
const REMEMBERED = 50_000;

/**
 * Limits the rate of each group, and of each subgroup: the generic cell rate algorithm (ITU-T I.371) at every
 * level of the key. A flood of narrow groups evicts narrow groups only, and its wider group still limits it.
 */
export class Pacer {
  readonly #paces: readonly Pace[];
  readonly #now: () => number;
  /** For each level, when a group's next event is due at its average rate, in milliseconds. */
  readonly #due: readonly LRUCache<string, number>[];

  /**
   * @param paces one for each level of the keys, the widest first
   * @param now monotonic milliseconds
   */
  constructor(paces: readonly Pace[], now: () => number = () => performance.now()) {
    this.#paces = paces;
    this.#now = now;
    this.#due = paces.map(() => lruCache<number>(REMEMBERED));
  }

  /**
   * Counts one event if it may happen now. @returns 0 if it was counted; otherwise the milliseconds until it may happen, and
   * nothing is counted
   */
  take(key: FairnessPath): number {
    const now = this.#now();
    const groups = this.#groupsOf(key);
    const wait = Math.max(...groups.map((group, level) => this.#wait(level, group, now)));
    if (wait > 0) return wait;
    for (const [level, group] of groups.entries()) {
      const { perSecond } = this.#paces[level] as Pace;
      const due = this.#due[level] as LRUCache<string, number>;
      due.set(group, Math.max(now, due.get(group) ?? now) + 1000 / perSecond);
    }
    return 0;
  }

  /** The milliseconds until one more event may happen, for each level separately; 0 if it may happen now. */
  waits(key: FairnessPath): number[] {
    const now = this.#now();
    return this.#groupsOf(key).map((group, level) => this.#wait(level, group, now));
  }

  #groupsOf(key: FairnessPath): string[] {
    return groupsOf(key).slice(0, this.#paces.length);
  }

  #wait(level: number, group: string, now: number): number {
    const { perSecond, burst } = this.#paces[level] as Pace;
    const due = this.#due[level]?.get(group) ?? now;
    return Math.max(0, due - now - ((burst - 1) * 1000) / perSecond);
  }
}

import { LRUCache } from 'lru-cache';
import type { Clock } from './clock.ts';
import type { Fill } from './fill.ts';

const MINUTE = 60_000;
/** How many addresses and accounts are watched at once; the least recent is forgotten first. */
const WATCHED = 50_000;

/** Counts failures by the minute, in this process, for addresses and accounts. */
export class Failures {
  readonly #clock: Clock;
  readonly #counts = new LRUCache<string, { minute: number; count: number }>({ max: WATCHED });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get fill(): Fill {
    return { held: this.#counts.size, most: WATCHED };
  }

  /** Notes one failure and returns how many there were this minute, with it. */
  note(who: string): number {
    const minute = Math.floor(this.#clock() / MINUTE);
    const seen = this.#counts.get(who);
    const count = seen?.minute === minute ? seen.count + 1 : 1;
    this.#counts.set(who, { minute, count });
    return count;
  }

  /** How many failures there were this minute. */
  count(who: string): number {
    const seen = this.#counts.get(who);
    return seen?.minute === Math.floor(this.#clock() / MINUTE) ? seen.count : 0;
  }

  /** Whole seconds until the count starts anew, at least one. */
  retryAfter(): number {
    return Math.max(1, Math.ceil((MINUTE - (this.#clock() % MINUTE)) / 1000));
  }
}

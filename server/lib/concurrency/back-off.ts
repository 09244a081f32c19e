import { lruCache } from '../lru-cache.ts';

/** Items whose failures are remembered. One that was forgotten is due again. */
const MAX_ITEMS = 10_000;
/** How many times the wait doubles at most. */
const MAX_DOUBLINGS = 20;

interface Failures {
  readonly count: number;
  /** The number of the first run that tries the item again. */
  readonly nextRun: number;
}

/**
 * Which items of a periodic job wait because they have failed. The wait doubles with each failure (exponential back-off), up to
 * a maximum, and half of it is random, so that items that failed together are not all due together. It is counted in runs of
 * the job, so that a job that was suspended does not retry them all at once.
 */
export class BackOff {
  readonly #longest: number;
  readonly #failures = lruCache<Failures>(MAX_ITEMS);
  #run = 0;

  /** @param longest the maximum wait of an item, in runs of the job */
  constructor(longest: number) {
    this.#longest = longest;
  }

  beginRun(): void {
    this.#run++;
  }

  isWaiting(item: string): boolean {
    return (this.#failures.get(item)?.nextRun ?? 0) > this.#run;
  }

  /** How many times an item has failed since it last succeeded. */
  failuresOf(item: string): number {
    return this.#failures.get(item)?.count ?? 0;
  }

  failed(item: string): void {
    const count = this.failuresOf(item) + 1;
    const longest = Math.min(this.#longest, 2 ** Math.min(count, MAX_DOUBLINGS));
    const wait = Math.ceil((longest * (1 + Math.random())) / 2);
    this.#failures.set(item, { count, nextRun: this.#run + wait });
  }

  succeeded(item: string): void {
    this.#failures.delete(item);
  }
}

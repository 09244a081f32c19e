import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { QueueFullError } from '../../lib/concurrency/fair-queue.ts';
import { RoundRobin } from '../../lib/concurrency/round-robin.ts';
import { withTimeout } from './timeout.ts';

/** After this wait, in milliseconds, an entry starts another statement alongside the running ones, which may hang. */
const OVERLAP_AFTER_MS = 50;

interface Waiter<Entry, Result> {
  readonly entry: Entry;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  /** Whether its caller was refused because the store did not respond in time: it must not be carried out any more. */
  isRefused: boolean;
}

/** Counters of shared statements since startup, and their current state. */
export interface BatchLoad {
  readonly statements: number;
  /** Entries of those statements. */
  readonly entries: number;
  /** The duration of all statements together, in milliseconds. */
  readonly tookMs: number;
  /** Statements under way. */
  readonly running: number;
  /** Entries that wait for a statement. */
  readonly waiting: number;
  readonly maxWaiting: number;
}

interface Options<Entry, Result> {
  /** The maximum number of entries of one statement. */
  readonly size: number;
  /** The maximum number of concurrent statements; entries that arrive in the meantime share the next one. */
  readonly maxConcurrent: number;
  /** How many waiting entries start a statement alongside another: fewer, larger statements cost each entry less. */
  readonly minBatchToOverlap?: number;
  /** The maximum number of waiting entries. */
  readonly maxQueued: number;
  /** The fairness path of an entry. The groups take turns, and a full queue rejects the newest entry of the largest group. */
  readonly payerOf: (entry: Entry) => FairnessPath;
  /** Runs one statement; the results are in the order of the entries. */
  readonly run: (entries: readonly Entry[]) => Promise<readonly Result[]>;
}

/**
 * Combines concurrent entries (claims, hits, credits) into shared statements. Groups take turns, at every level of their
 * keys.
 */
export class Batcher<Entry, Result> {
  readonly #options: Options<Entry, Result>;
  readonly #running = new Set<Promise<void>>();
  readonly #queue = new RoundRobin<Waiter<Entry, Result>>();
  #overlapTimer: NodeJS.Timeout | null = null;
  #sending = false;
  #statements = 0;
  #entries = 0;
  #tookMs = 0;

  constructor(options: Options<Entry, Result>) {
    this.#options = options;
  }

  get load(): BatchLoad {
    return {
      statements: this.#statements,
      entries: this.#entries,
      tookMs: this.#tookMs,
      running: this.#running.size,
      waiting: this.#queue.size,
      maxWaiting: this.#options.maxQueued,
    };
  }

  /**
   * Returns the result of this entry. Rejects if the store fails or does not respond; an entry that still waits then is
   * not carried out.
   * @throws QueueFullError if it was dropped in favour of another group's entry
   */
  submit(entry: Entry): Promise<Result> {
    let waiter: Waiter<Entry, Result> | undefined;
    const result = new Promise<Result>((resolve, reject) => {
      waiter = { entry, resolve, reject, isRefused: false };
      this.#queue.push(this.#options.payerOf(entry), waiter);
      this.#sendSoon();
      if (this.#queue.size <= this.#options.maxQueued) return;
      this.#queue.dropFromLargest()?.reject(new QueueFullError('too many wait for the database'));
    });
    return withTimeout(result, undefined, () => {
      if (waiter) waiter.isRefused = true;
    });
  }

  /** Waits until every statement under way is done, and every entry whose caller waits. */
  async drain(): Promise<void> {
    while (this.#sending || this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Sends after the running code, so that entries submitted at once share a statement. */
  #sendSoon(): void {
    if (this.#sending) return;
    this.#sending = true;
    queueMicrotask(() => {
      this.#sending = false;
      this.#send();
    });
  }

  /** @param minBatchToOverlap how many waiting entries start a statement alongside another */
  #send(minBatchToOverlap = this.#options.minBatchToOverlap ?? 1): void {
    const { size, maxConcurrent } = this.#options;
    const enough = () => this.#queue.size >= (this.#running.size === 0 ? 1 : minBatchToOverlap);
    while (enough() && this.#running.size < maxConcurrent) {
      const waiters = this.#next(size);
      if (waiters.length === 0) break;
      const running = this.#run(waiters).finally(() => {
        this.#running.delete(running);
        this.#send();
      });
      this.#running.add(running);
    }
    if (this.#queue.size === 0 || this.#running.size === maxConcurrent) return;
    this.#overlapTimer ??= setTimeout(() => {
      this.#overlapTimer = null;
      this.#send(1);
    }, OVERLAP_AFTER_MS).unref();
  }

  /** The entries of the next statement. It drops those whose callers were refused. */
  #next(max: number): Waiter<Entry, Result>[] {
    const waiters: Waiter<Entry, Result>[] = [];
    while (waiters.length < max) {
      const waiter = this.#queue.shift();
      if (!waiter) break;
      if (!waiter.isRefused) waiters.push(waiter);
    }
    return waiters;
  }

  async #run(waiters: readonly Waiter<Entry, Result>[]): Promise<void> {
    const startedAt = performance.now();
    this.#statements++;
    this.#entries += waiters.length;
    try {
      const results = await withTimeout(this.#options.run(waiters.map(({ entry }) => entry)));
      for (const [i, waiter] of waiters.entries()) {
        const result = results[i];
        if (result === undefined) waiter.reject(new Error('a statement returned no result for an entry'));
        else waiter.resolve(result);
      }
    } catch (error) {
      for (const waiter of waiters) waiter.reject(error);
    } finally {
      this.#tookMs += performance.now() - startedAt;
    }
  }
}

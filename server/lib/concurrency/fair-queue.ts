import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { lruCache } from '../lru-cache.ts';
import { RoundRobin } from './round-robin.ts';

interface Options {
  /** Jobs that run at the same time. */
  readonly concurrency: number;
  /** Jobs that run at the same time for each of the widest groups; limited only by `concurrency` if absent. */
  readonly ofOneGroup?: number;
  /** How many leading names of a fairness path identify a group whose last job failed; 1 (the widest group) if absent. */
  readonly failedLevels?: number;
  /** The maximum number of waiting jobs, in all groups together. */
  readonly capacity: number;
  /** Jobs that start in a second, and how many may start at once after a pause; unlimited if absent. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
  /**
   * How long the slot of a job stays empty after the job, as a ratio to the time that the job took, at most a second; 0 if
   * absent. With 1, the jobs use at most half of their slots' time.
   */
  readonly rest?: number;
}

/** The queue is full, and the group of this job has the largest part of it. Clients get status 503. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
  /** SQLSTATE configuration_limit_exceeded. */
  readonly code = '53400';
}

interface Job {
  readonly start: () => void;
  readonly reject: (error: unknown) => void;
}

/** The maximum time for which a slot stays empty, in milliseconds. */
const LONGEST_REST_MS = 1_000;
/** The maximum number of groups in memory because their last job failed. */
const FAILED = 10_000;
/** Groups whose last job failed get one of this many turns. */
const FAILED_TURNS = 4;

/**
 * A bounded queue that serves groups in turn (round robin at every level of the key), so that a group waits for
 * one job of each other group and never for all of them. Groups whose last job failed come after the others, with
 * every fourth turn for themselves: a new group is served although many groups keep failing. If the queue is full, any job
 * of the largest group is rejected, which may be the job that was just added; groups that failed are the first.
 */
export class FairQueue {
  readonly #options: Options;
  readonly #waiting = new RoundRobin<Job>();
  /** The same for groups whose last job failed. */
  readonly #waitingFailed = new RoundRobin<Job>();
  readonly #failed = lruCache<true>(FAILED);
  #served = 0;
  #running = 0;
  /** Running jobs of each of the widest groups, if those are limited. */
  readonly #runningOf = new Map<string, number>();
  #tokens: number;
  #refilledAt = performance.now();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: Options) {
    this.#options = options;
    this.#tokens = options.rate?.burst ?? Number.POSITIVE_INFINITY;
  }

  get occupancy(): { readonly used: number; readonly capacity: number } {
    return { used: this.#size, capacity: this.#options.capacity };
  }

  /**
   * Runs a job when it is its turn.
   * @throws QueueFullError if the job was dropped in favour of another group's
   */
  run<T>(key: FairnessPath, job: () => Promise<T>): Promise<T> {
    const { failedLevels = 1 } = this.#options;
    const group = key.slice(0, failedLevels).join(' ');
    return new Promise<T>((resolve, reject) => {
      const start = () => {
        this.#running++;
        this.#count(key, 1);
        const startedAt = performance.now();
        job()
          .then(
            (value) => {
              this.#failed.delete(group);
              resolve(value);
            },
            (error) => {
              // A job without a group serves all groups, and is never put behind them.
              if (key.length > 0) this.#failed.set(group, true);
              reject(error);
            },
          )
          .finally(() => this.#rest(startedAt, key));
      };
      const waiting = this.#failed.has(group) ? this.#waitingFailed : this.#waiting;
      waiting.push(key, { start, reject });
      this.#startJobs();
      if (this.#size > this.#options.capacity) {
        const dropped = this.#waitingFailed.dropFromLargest() ?? this.#waiting.dropFromLargest();
        dropped?.reject(new QueueFullError('the queue is full'));
      }
    });
  }

  /** Frees the slot of a job that has ended, once it has been empty for long enough. */
  #rest(startedAt: number, key: FairnessPath): void {
    const { rest = 0 } = this.#options;
    const free = () => {
      this.#running--;
      this.#count(key, -1);
      this.#startJobs();
    };
    if (rest === 0) free();
    else setTimeout(free, Math.min(LONGEST_REST_MS, rest * (performance.now() - startedAt)));
  }

  #startJobs(): void {
    this.#refill();
    while (this.#running < this.#options.concurrency && this.#size > 0) {
      if (this.#tokens < 1) {
        this.#startLater();
        return;
      }
      const job = this.#nextJob();
      if (!job) return;
      this.#tokens--;
      job.start();
    }
  }

  get #size(): number {
    return this.#waiting.size + this.#waitingFailed.size;
  }

  #nextJob(): Job | undefined {
    const failedFirst = this.#served++ % FAILED_TURNS === FAILED_TURNS - 1;
    const [first, second] = failedFirst
      ? [this.#waitingFailed, this.#waiting]
      : [this.#waiting, this.#waitingFailed];
    return first.shift(this.#isBusy) ?? second.shift(this.#isBusy);
  }

  readonly #isBusy = (group: string): boolean =>
    (this.#runningOf.get(group) ?? 0) >= (this.#options.ofOneGroup ?? Number.POSITIVE_INFINITY);

  #count([group = '']: FairnessPath, change: number): void {
    if (this.#options.ofOneGroup === undefined) return;
    const running = (this.#runningOf.get(group) ?? 0) + change;
    if (running > 0) this.#runningOf.set(group, running);
    else this.#runningOf.delete(group);
  }

  #refill(): void {
    const { rate } = this.#options;
    if (!rate) return;
    const now = performance.now();
    this.#tokens = Math.min(rate.burst, this.#tokens + ((now - this.#refilledAt) / 1000) * rate.perSecond);
    this.#refilledAt = now;
  }

  #startLater(): void {
    const { rate } = this.#options;
    if (!rate) return;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#startJobs();
      },
      Math.ceil(((1 - this.#tokens) / rate.perSecond) * 1000),
    ).unref();
  }
}

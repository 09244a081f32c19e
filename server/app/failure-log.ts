import type { Logger } from 'pino';
import { MINUTE_MS } from '../../shared/durations.ts';
import { ItemsFailedError } from '../stores/database/attempt-each.ts';

/** How often a job that keeps failing is logged at most. */
const EVERY_MS = MINUTE_MS;

/** Logs the failures of a job, at most one line a minute. */
export class FailureLog {
  readonly #log: Logger;
  readonly #job: string;
  #loggedAt = Number.NEGATIVE_INFINITY;
  /** Failures since the last line. */
  #failures = 0;

  constructor(log: Logger, job: string) {
    this.#log = log;
    this.#job = job;
  }

  report(error: unknown): void {
    this.#failures++;
    const now = performance.now();
    if (now - this.#loggedAt < EVERY_MS) return;
    this.#loggedAt = now;
    const details = { job: this.#job, failures: this.#failures };
    this.#failures = 0;
    if (error instanceof ItemsFailedError) {
      const { cause: err, item, failed } = error;
      this.#log.error({ ...details, err, item, failed }, 'a job failed for some of its items');
    } else this.#log.error({ ...details, err: error }, 'a job failed');
  }
}

import { DatabaseUnavailable } from './connection/database-unavailable.ts';
import type { Warn } from './private-files.ts';

/** How often a waiting startup logs what it waits for, in milliseconds. */
const LOG_EVERY_MS = 10_000;

/** How startup waits for other sessions. */
export interface StartWait {
  /** How long startup waits for one cause, in seconds. */
  readonly waitSeconds: number;
  readonly warn: Warn;
}

/** What keeps startup waiting. */
interface Obstacle {
  /** Properties of the log line. */
  readonly details: object;
  /** Continues the sentence with which startup gives up: who or what is in the way, and what to do about it. */
  readonly remedy: string;
}

/**
 * The deadline of a startup that waits for other sessions, or for a stalled commit. It logs from time to time that startup is
 * waiting.
 */
export class StartDeadline {
  readonly #startedAt = performance.now();
  readonly #options: StartWait;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: StartWait) {
    this.#options = options;
  }

  /**
   * Records that startup is still waiting.
   * @param explain called only if this is logged, or startup gives up
   * @throws DatabaseUnavailable once it has waited for too long
   */
  async check(what: string, explain: () => Promise<Obstacle>): Promise<void> {
    const now = performance.now();
    const { waitSeconds, warn } = this.#options;
    const isOver = now - this.#startedAt >= waitSeconds * 1_000;
    if (!isOver && now - this.#loggedAt < LOG_EVERY_MS) return;
    const { details, remedy } = await explain();
    if (isOver)
      throw new DatabaseUnavailable(
        `Startup waited ${waitSeconds} s: ${what}${remedy}; KEYSEAL_START_WAIT_SECONDS says how long startup waits.`,
      );
    this.#loggedAt = now;
    warn({ ...details, waitSeconds }, `startup is waiting: ${what}`);
  }

  /** Waits before the next attempt, no longer than the whole wait. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, Math.min(ms, this.#options.waitSeconds * 1_000)));
  }
}

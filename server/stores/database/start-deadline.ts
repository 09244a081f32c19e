import { DatabaseUnavailable } from './connection/database-unavailable.ts';
import type { Warn } from './private-files.ts';

/** How often a waiting start logs what it waits for, in milliseconds. */
const LOG_EVERY_MS = 10_000;

/** How a start waits for others. */
export interface StartWait {
  /** How long a start waits for one cause, in seconds. */
  readonly waitSeconds: number;
  readonly warn: Warn;
}

/** What keeps a start waiting. */
interface Obstacle {
  /** Members of the log line. */
  readonly details: object;
  /** Continues the sentence with which a start gives up: who or what is in the way, and what to do about it. */
  readonly remedy: string;
}

/** The deadline of a start that waits for other sessions, or for a stalled commit. It logs now and then that the start waits. */
export class StartDeadline {
  readonly #startedAt = performance.now();
  readonly #options: StartWait;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: StartWait) {
    this.#options = options;
  }

  /**
   * Notes that the start still waits.
   * @param explain called only if this is logged, or the start gives up
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
        `The start waited ${waitSeconds} s: ${what}${remedy}; KEYSEAL_START_WAIT_SECONDS says how long a start waits.`,
      );
    this.#loggedAt = now;
    warn({ ...details, waitSeconds }, `the start waits: ${what}`);
  }

  /** Waits before the next attempt, no longer than the whole wait. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, Math.min(ms, this.#options.waitSeconds * 1_000)));
  }
}

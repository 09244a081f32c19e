import { setTimeout as sleep } from 'node:timers/promises';
import type { FairnessKey } from '../../shared/fairness/fairness-key.ts';
import { type Pace, Pacer } from '../lib/concurrency/pacer.ts';

/**
 * Reads of rows that many callers want anew at the same time. Callers share a read that begins after they asked, so
 * that none is judged by a row from before its request; how often a row is read is paced, and callers wait for it.
 */
export class SharedReads {
  readonly #pacer: Pacer;
  /** Reads that are scheduled but have not started, by row; there are no more of them than callers who wait. */
  readonly #next = new Map<string, Promise<unknown>>();

  /** @param pace how often each row is read */
  constructor(pace: Pace) {
    this.#pacer = new Pacer([pace]);
  }

  /** @param load must give the same for all who name the row */
  read<T>(row: string, load: () => Promise<T>): Promise<T> {
    const waiting = this.#next.get(row) as Promise<T> | undefined;
    if (waiting !== undefined) return waiting;
    const next = this.#turn([row]).then(() => {
      this.#next.delete(row);
      return load();
    });
    this.#next.set(row, next);
    return next;
  }

  async #turn(key: FairnessKey): Promise<void> {
    for (let wait = this.#pacer.take(key); wait > 0; wait = this.#pacer.take(key)) await sleep(wait);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { type Pace, Pacer } from '../../lib/concurrency/pacer.ts';

/**
 * Reads of rows that many callers need fresh at the same time. Callers share a read only if it begins after their
 * request, so that no request is checked against an older row. The reads of a row are paced, and callers wait for the
 * next.
 */
export class SharedReads {
  readonly #pacer: Pacer;
  /** Reads that are scheduled but have not begun, by row. There are never more of them than waiting callers. */
  readonly #next = new Map<string, Promise<unknown>>();

  /** @param pace how often each row is read */
  constructor(pace: Pace) {
    this.#pacer = new Pacer([pace]);
  }

  /** @param load must return the same value for all callers of a row */
  read<T>(rowName: string, load: () => Promise<T>): Promise<T> {
    const waiting = this.#next.get(rowName) as Promise<T> | undefined;
    if (waiting !== undefined) return waiting;
    const next = this.#turn([rowName]).then(() => {
      this.#next.delete(rowName);
      return load();
    });
    this.#next.set(rowName, next);
    return next;
  }

  async #turn(key: FairnessPath): Promise<void> {
    for (let wait = this.#pacer.take(key); wait > 0; wait = this.#pacer.take(key)) await sleep(wait);
  }
}

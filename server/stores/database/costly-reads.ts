import { setImmediate } from 'node:timers/promises';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import type { Occupancy } from '../../lib/occupancy.ts';

/**
 * Concurrent statements, in total and for one sponsor; waiting statements. A statement that fails in one workspace delays no
 * other workspace of the sponsor.
 */
const BOUNDS = { concurrency: 2, ofOneGroup: 1, failedLevels: 2, capacity: 1_000 };

/**
 * Runs statements that may scan many rows: one of a sponsor at a time, and sponsors, workspaces and credentials in
 * turn. The event loop runs other work before each: on PGlite a statement blocks all others.
 */
export class CostlyReads {
  readonly #queue = new FairQueue(BOUNDS);

  get occupancy(): Occupancy {
    return this.#queue.occupancy;
  }

  /** @throws QueueFullError if the statement was dropped in favour of another sponsor's */
  run<T>(payer: FairnessPath, read: () => Promise<T>): Promise<T> {
    return this.#queue.run(payer, async () => {
      await setImmediate();
      return read();
    });
  }
}

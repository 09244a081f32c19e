import type { FairnessKey } from '../../../shared/fairness/fairness-key.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { Database } from './database.ts';

/** Statements under way beyond which calls wait: each connection of the pool has one, and the next. */
const BUSY = 12;
/** Calls that begin in one turn of the event loop, at most: as many as there are connections. */
const AT_ONCE = 6;
/** Calls that wait, of all groups together. */
const MOST = 5_000;

/**
 * Lets calls begin in turn while the pool of the procedures is busy: its own line is first come, first served. A call that
 * has begun is not held up again, and one that waits for something else than the database takes nobody's turn.
 */
export class DatabaseTurns {
  readonly #pool: Database['pool'];
  readonly #queue = new FairQueue({ concurrency: AT_ONCE, capacity: MOST });

  /** Calls that began in this turn of the event loop: their statements are not under way yet. */
  #begun = 0;

  constructor({ pool }: Pick<Database, 'pool'>) {
    this.#pool = pool;
  }

  get fill(): Occupancy {
    return this.#queue.fill;
  }

  /** @throws QueueFullError if this call had to make room for another group's */
  async wait(key: FairnessKey): Promise<void> {
    if (this.#queue.fill.held > 0 || this.#pool.underWay + this.#begun >= BUSY) {
      return this.#queue.run(key, () => this.#room());
    }
    if (this.#begun++ === 0) {
      setImmediate(() => {
        this.#begun = 0;
      });
    }
  }

  async #room(): Promise<void> {
    // By then the calls that began before have asked their statements.
    await new Promise(setImmediate);
    while (this.#pool.underWay >= BUSY) await this.#pool.answered();
  }
}

import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { Database } from './database.ts';

/**
 * `busy`: statements in flight beyond which calls wait. Each connection of a pool has one, and one queued; PGlite has one
 * connection. `atOnce`: calls that begin in one turn of the event loop then.
 */
const BOUNDS = {
  postgres: { busy: 12, atOnce: 6 },
  pglite: { busy: 6, atOnce: 2 },
} as const satisfies Record<Database['kind'], object>;
/** The maximum number of waiting calls, of all groups together. */
const MAX_WAITING = 5_000;

/**
 * Lets calls begin in turn while the procedures' database is busy: its own queue is first come, first served. A call that
 * has begun does not wait again, and a call that waits for anything but the database uses up no turn.
 */
export class DatabaseTurns {
  readonly #pool: Database['pool'];
  readonly #busy: number;
  readonly #queue: FairQueue;

  /** Calls that began in this turn of the event loop: their statements are not in flight yet. */
  #begun = 0;

  constructor({ kind, pool }: Pick<Database, 'kind' | 'pool'>) {
    const { busy, atOnce } = BOUNDS[kind];
    this.#pool = pool;
    this.#busy = busy;
    this.#queue = new FairQueue({ concurrency: atOnce, capacity: MAX_WAITING });
  }

  get occupancy(): Occupancy {
    return this.#queue.occupancy;
  }

  /**
   * Returns when a call may begin: null if it may at once, which costs nothing.
   * @param payer reads whose turn it is, only if the call has to wait
   * @throws QueueFullError in the promise, if this call was dropped in favour of another group's
   */
  wait(payer: () => FairnessPath): Promise<void> | null {
    if (this.#queue.occupancy.used > 0 || this.#pool.inFlight + this.#begun >= this.#busy) {
      return this.#queue.run(payer(), () => this.#room());
    }
    if (this.#begun++ === 0) {
      setImmediate(() => {
        this.#begun = 0;
      });
    }
    return null;
  }

  async #room(): Promise<void> {
    // By then the calls that began before have sent their statements.
    await new Promise(setImmediate);
    while (this.#pool.inFlight >= this.#busy) await this.#pool.nextResult();
  }
}

import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { Database, Db, Transactions } from './database.ts';

/**
 * Concurrent writes, in all and of one sponsor; waiting writes. A pool has six connections. Transactions of unauthenticated callers
 * use at most two, so one is always left for lookups and reads.
 */
const BOUNDS = { concurrency: 3, ofOneGroup: 2, capacity: 5_000 };

/**
 * Runs the writes of callers, by sponsor, workspace and credential in turn. A write may wait for a lock as long as a
 * statement may take, and those whose rows a tenant locks are the tenant's own: here they wait without a connection.
 */
export class Writes {
  readonly #db: Db;
  readonly #queue = new FairQueue(BOUNDS);

  constructor({ db }: Pick<Database, 'db'>) {
    this.#db = db;
  }

  get occupancy(): Occupancy {
    return this.#queue.occupancy;
  }

  /**
   * Runs a transaction when it is its payer's turn. Never begin one within another: it would wait for its place.
   * @throws QueueFullError if it had to make room for another sponsor's
   */
  transaction<T>(payer: FairnessPath, work: (tx: Db) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const holdPlace = async () => {
        let working: Promise<T> | null = null;
        const result = this.#db.transaction((tx) => {
          working = work(tx);
          return working;
        });
        result.then(resolve, reject);
        // A transaction that was abandoned after its timeout has its connection until its last statement ends.
        await Promise.allSettled([result, result.catch(() => working)]);
      };
      this.#queue.run(payer, holdPlace).catch(reject);
    });
  }

  /** The same for work that needs several transactions. */
  of(payer: FairnessPath): Transactions {
    return { transaction: (work) => this.transaction(payer, work) };
  }

  /** The same for single statements. */
  statement<T>(payer: FairnessPath, run: () => Promise<T>): Promise<T> {
    return this.#queue.run(payer, run);
  }
}

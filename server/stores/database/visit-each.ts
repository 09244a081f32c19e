import type { BackOff } from '../../lib/concurrency/back-off.ts';
import { attemptEach } from './attempt-each.ts';
import type { Database, Db } from './database.ts';
import { isStandby } from './is-standby.ts';

/** What a job visits, and how it ends early. */
interface Visits<T> {
  /** Finds the item after another, or the first; null after the last. */
  readonly next: (db: Db, after: T | null) => Promise<T | null>;
  readonly nameOf: (item: T) => string;
  readonly visit: (db: Db, item: T) => Promise<unknown>;
  /** Ends the visits after the current one. */
  readonly stopping?: AbortSignal;
  /** Which items are left out because they failed before. */
  readonly backOff?: BackOff | undefined;
}

/**
 * Visits one item of the database after another. One that fails delays no other.
 * @throws ItemsFailedError once every item was visited
 */
export async function visitEach<T>(
  database: Pick<Database, 'db' | 'query'>,
  visits: Visits<T>,
): Promise<void> {
  if (await isStandby(database)) return;
  const { db } = database;
  const { nameOf, visit, backOff } = visits;
  await attemptEach(walk(db, visits), nameOf, (item) => visit(db, item), backOff);
}

async function* walk<T>(db: Db, { next, stopping }: Visits<T>): AsyncGenerator<T> {
  for (let item = await next(db, null); item !== null && !stopping?.aborted; item = await next(db, item))
    yield item;
}

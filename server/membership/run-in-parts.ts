import { setTimeout } from 'node:timers/promises';
import type { Db, Transactions } from '../stores/database/database.ts';
import { inIndexOrder } from '../stores/database/index-order.ts';

/** How many rows one part reads and changes: on PGlite a transaction blocks everything for some milliseconds. */
export const ROWS_PER_PART = 100;

/** One transaction of many. @returns whether there may be more to do */
export type Part = (tx: Db) => Promise<boolean>;

/** A signal that is never aborted. */
const NEVER = new AbortController().signal;

/**
 * Runs a part again and again, each time in a separate transaction, until nothing is left to do. Each pause lasts as long as
 * the preceding part, which leaves half of PGlite's time to calls.
 * @param stopping ends it after the current part
 */
export async function runInParts(db: Transactions, part: Part, stopping: AbortSignal = NEVER): Promise<void> {
  for (let more = true; more && !stopping.aborted; ) {
    const startedAt = performance.now();
    more = await inIndexOrder(db, part);
    await setTimeout(performance.now() - startedAt);
  }
}

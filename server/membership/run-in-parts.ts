import { setTimeout } from 'node:timers/promises';
import type { Database, Db } from '../stores/database/database.ts';
import { inIndexOrder } from '../stores/database/index-order.ts';
import { isStandby } from '../stores/database/is-standby.ts';

/** Rows that one part reads and changes: on PGlite a transaction blocks everything for some milliseconds. */
export const ROWS_PER_PART = 100;

/** One transaction of many. @returns whether there may be more to do */
export type Part = (tx: Db) => Promise<boolean>;

/**
 * Visits one thing after another, each of which has parts. One that fails delays no other.
 * @param next finds what comes after another, or first; null after the last
 * @param stopping ends it after the current one
 * @throws the first error, once everything was visited
 */
export async function visitEach<T>(
  database: Pick<Database, 'db' | 'query'>,
  next: (db: Db, after: T | null) => Promise<T | null>,
  visit: (db: Db, each: T) => Promise<void>,
  stopping: AbortSignal,
): Promise<void> {
  if (await isStandby(database)) return;
  const { db } = database;
  const errors: unknown[] = [];
  for (let each = await next(db, null); each !== null && !stopping.aborted; each = await next(db, each))
    await visit(db, each).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/** A signal that is never aborted. */
const NEVER = new AbortController().signal;

/**
 * Runs a part again and again, each time in a transaction of its own, until nothing is left to do. Each pause lasts as long as the part
 * before it, which leaves half of the time of PGlite to calls.
 * @param stopping ends it after the current part
 */
export async function runInParts(db: Db, part: Part, stopping: AbortSignal = NEVER): Promise<void> {
  for (let more = true; more && !stopping.aborted; ) {
    const startedAt = performance.now();
    more = await inIndexOrder(db, part);
    await setTimeout(performance.now() - startedAt);
  }
}

import { sql } from 'drizzle-orm';
import type { Db } from './database.ts';

/**
 * Reads rows in the order of an index, so that `limit` bounds the scan. A planner without statistics (PGlite never
 * has any, Postgres none of a table that has just grown) expects few rows: it would read all that match, and sort them.
 */
export function inIndexOrder<T>(db: Db, read: (tx: Db) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`
      select set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true),
        set_config('enable_seqscan', 'off', true)`);
    return read(tx);
  });
}

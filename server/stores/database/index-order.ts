import { sql } from 'drizzle-orm';
import type { Sql, TransactionSql } from 'postgres';
import type { Db, Transactions } from './database.ts';

/** What the planner may not do. Pages count for nothing: the rows of an index in the order of the table would seem cheaper. */
const SETTINGS = {
  enable_sort: 'off',
  enable_incremental_sort: 'off',
  enable_bitmapscan: 'off',
  enable_seqscan: 'off',
  seq_page_cost: '0',
  random_page_cost: '0',
};
const IN_INDEX_ORDER = `select ${Object.entries(SETTINGS)
  .map(([name, value]) => `set_config('${name}', '${value}', true)`)
  .join(', ')}`;

/**
 * Visits rows in the order of an index, so that `limit` bounds the scan. A planner without statistics (PGlite never
 * has any, Postgres none of a table that has just grown) expects few rows: it would read all that match, and sort them.
 */
export function inIndexOrder<T>(db: Transactions, visit: (tx: Db) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.execute(sql.raw(IN_INDEX_ORDER));
    return visit(tx);
  });
}

/** The same for statements of postgres.js. */
export function inIndexOrderRaw<T>(client: Sql, visit: (tx: TransactionSql) => Promise<T>) {
  return client.begin(async (tx) => {
    await tx.unsafe(IN_INDEX_ORDER);
    return visit(tx);
  });
}

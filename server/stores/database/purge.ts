import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from './database.ts';
import { inIndexOrder } from './index-order.ts';

/** Rows of one statement, and statements of one turn: bounded, so that a purge delays nothing for long. */
const ROWS_PER_STATEMENT = 1_000;
const MAX_STATEMENTS = 200;

/** Which rows of a table to delete. */
interface PurgedRows {
  /** The column of a row's time, `at` by default; it needs an index. */
  readonly at?: SQL | PgColumn | undefined;
  /** A condition on the rows; all by default. */
  readonly where?: SQL | undefined;
}

/**
 * Deletes the rows older than a time, a part at a time; the next turn deletes the rest.
 * Instances that purge at once skip each other's rows.
 * @param before milliseconds
 */
export async function purgeBefore(
  { db }: Database,
  table: PgTable,
  before: number,
  { at = sql`at`, where = sql`true` }: PurgedRows = {},
): Promise<void> {
  const limit = new Date(before).toISOString();
  for (let turn = 0; turn < MAX_STATEMENTS; turn++) {
    const purged = sql`ctid = any(array(
      select ctid from ${table} where ${where} and ${at} < ${limit}::timestamptz limit ${ROWS_PER_STATEMENT} for update skip locked))`;
    const deleted = await inIndexOrder(db, (tx) => tx.delete(table).where(purged).returning({ row: sql`1` }));
    if (deleted.length < ROWS_PER_STATEMENT) return;
  }
}

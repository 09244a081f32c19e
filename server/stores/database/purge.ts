import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from './database.ts';

/** Rows of one statement, and statements of one turn: bounded, so that a purge delays nothing for long. */
const ROWS_PER_STATEMENT = 1_000;
const MAX_STATEMENTS = 200;

/** Which rows of a table end, and when. */
interface PurgedRows {
  /** The column of a row's time, `at` by default; it needs an index. */
  readonly at?: SQL | PgColumn | undefined;
  /** A condition on the rows, if not all end. */
  readonly where?: SQL | undefined;
}

/**
 * Deletes the rows older than a time, a part at a time; the next turn deletes the rest.
 * Instances that purge at once skip each other's rows.
 * @param before milliseconds
 */
export async function purgeBefore(
  { query }: Database,
  table: PgTable,
  before: number,
  { at = sql`at`, where = sql`true` }: PurgedRows = {},
): Promise<void> {
  const limit = new Date(before).toISOString();
  for (let turn = 0; turn < MAX_STATEMENTS; turn++) {
    const [gone] = await query<{ n: number }>(sql`
      with gone as (
        delete from ${table} where ctid = any(array(
          select ctid from ${table} where ${where} and ${at} < ${limit}::timestamptz limit ${ROWS_PER_STATEMENT} for update skip locked
        )) returning 1
      ) select count(*)::int as n from gone`);
    if ((gone?.n ?? 0) < ROWS_PER_STATEMENT) return;
  }
}

import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from './database.ts';

/** Rows of one statement, and statements of one turn: bounded, so that a purge delays nothing for long. */
const AT_ONCE = 5_000;
const TURNS = 40;

/**
 * Deletes the rows older than a time, a part at a time; the next turn deletes the rest.
 * Instances that purge at once skip each other's rows.
 * @param before milliseconds
 * @param at the column of a row's time; it needs an index
 * @param where a condition on the rows, if not all end
 */
export async function purgeBefore(
  { query }: Database,
  table: PgTable,
  before: number,
  at: SQL | PgColumn = sql`at`,
  where: SQL = sql`true`,
): Promise<void> {
  const limit = new Date(before).toISOString();
  for (let turn = 0; turn < TURNS; turn++) {
    const [gone] = await query<{ n: number }>(sql`
      with gone as (
        delete from ${table} where ctid = any(array(
          select ctid from ${table} where ${where} and ${at} < ${limit}::timestamptz limit ${AT_ONCE} for update skip locked
        )) returning 1
      ) select count(*)::int as n from gone`);
    if ((gone?.n ?? 0) < AT_ONCE) return;
  }
}

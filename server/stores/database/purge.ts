import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from './database.ts';

/** Rows of one statement, and statements of one turn: a purge holds nobody up for long. */
const AT_ONCE = 5_000;
const TURNS = 40;

/**
 * Deletes the rows whose moment lies before a moment, a part at a time; what is left over is for the next turn.
 * Instances that purge at once leave each other's part alone.
 * @param before milliseconds
 * @param at a row's moment; there is to be an index of it
 */
export async function purgeBefore(
  { query }: Database,
  table: PgTable,
  before: number,
  at: SQL | PgColumn = sql`at`,
): Promise<void> {
  const moment = new Date(before).toISOString();
  for (let turn = 0; turn < TURNS; turn++) {
    const [gone] = await query<{ n: number }>(sql`
      with gone as (
        delete from ${table} where ctid = any(array(
          select ctid from ${table} where ${at} < ${moment}::timestamptz limit ${AT_ONCE} for update skip locked
        )) returning 1
      ) select count(*)::int as n from gone`);
    if ((gone?.n ?? 0) < AT_ONCE) return;
  }
}

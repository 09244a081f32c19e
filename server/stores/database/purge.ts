import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { concernsAll } from './attempt-each.ts';
import type { Database } from './database.ts';
import { inIndexOrder } from './index-order.ts';

/** Rows of one statement, and statements of one turn: bounded, so that a purge delays nothing for long. */
const ROWS_PER_STATEMENT = 1_000;
const MAX_STATEMENTS = 200;
/** A statement of which a row was refused is followed by one of so many times fewer. */
const SPLIT_BY = 10;
/** Refused rows that one purge skips. */
const MAX_SKIPPED = 5;

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
 * @throws the first error once all other rows are deleted, if the database refuses to delete some
 */
export async function purgeBefore(
  { db }: Database,
  table: PgTable,
  before: number,
  { at = sql`at`, where = sql`true` }: PurgedRows = {},
): Promise<void> {
  const limit = new Date(before).toISOString();
  const refused = new RefusedRows();
  for (let turn = 0; turn < MAX_STATEMENTS; turn++) {
    const { size, skipped } = refused;
    const purged = sql`ctid = any(array(
      select ctid from ${table} where ${where} and ${at} < ${limit}::timestamptz
      limit ${size} offset ${skipped} for update skip locked))`;
    const deleted = await refused.attempt(() =>
      inIndexOrder(db, (tx) => tx.delete(table).where(purged).returning({ row: sql`1` })),
    );
    if (deleted !== null && deleted.length < size) break;
  }
  refused.throwAny();
}

/**
 * Rows that the database refuses to delete hold up no others: after a failure, a statement deletes fewer rows, until the one
 * that causes the error is isolated; the next runs skip it.
 */
class RefusedRows {
  #first: unknown;
  skipped = 0;
  size = ROWS_PER_STATEMENT;

  /** @returns the result; null if a row was refused @throws the error if no single row causes it, or too many are refused */
  async attempt<T>(remove: () => Promise<T>): Promise<T | null> {
    try {
      const result = await remove();
      this.size = Math.min(ROWS_PER_STATEMENT, this.size * SPLIT_BY);
      return result;
    } catch (error) {
      if (concernsAll(error) || this.skipped === MAX_SKIPPED) throw error;
      this.#first ??= error;
      if (this.size === 1) this.skipped++;
      else this.size = Math.ceil(this.size / SPLIT_BY);
      return null;
    }
  }

  /** @throws the error of the first row that was refused */
  throwAny(): void {
    if (this.#first !== undefined) throw this.#first;
  }
}

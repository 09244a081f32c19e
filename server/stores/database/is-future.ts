import { and, gt, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** The end of the times that JavaScript can read, to the year (ECMA-262 §21.4.1.1); Postgres has later ones, and `infinity`. */
const UNREADABLE = sql`'275760-01-01 00:00:00+00'::timestamptz`;

/**
 * A condition: whether a timestamp in a column is after a time. Every condition on an expiry uses it: a
 * timestamp that is infinite, or that no process could read, is after no time, as in `isFuture`.
 */
export const isFutureSql = (column: PgColumn, time: Date | SQL): SQL | undefined =>
  and(gt(column, time), sql`${column} < ${UNREADABLE}`);

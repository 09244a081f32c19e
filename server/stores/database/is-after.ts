import { and, gt, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/**
 * A condition: whether a timestamp in a column is after a time. Every condition on an expiry uses it: a
 * timestamp that is not finite is after none, as in `isAhead`.
 */
export const isAfter = (column: PgColumn, time: Date): SQL | undefined =>
  and(gt(column, time), sql`isfinite(${column})`);

import { and, gt, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/**
 * Whether a moment in a column is after another, as a condition. Every condition that accepts until a moment uses it: a
 * moment that is not finite is after none, as in `isAhead`.
 */
export const isAfter = (column: PgColumn, moment: Date): SQL | undefined =>
  and(gt(column, moment), sql`isfinite(${column})`);

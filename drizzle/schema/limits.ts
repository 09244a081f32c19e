import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

/** The remaining credits of metered keys and external owners; others have no row. */
export const credits = pgTable(
  'credits',
  {
    /** The id of a key or an external owner. */
    subject: text('subject').primaryKey(),
    remaining: bigint('remaining', { mode: 'number' }).notNull(),
    /** Each period raises `remaining` to this. */
    refillAmount: bigint('refill_amount', { mode: 'number' }),
    refillEvery: text('refill_every').$type<'day' | 'month'>(),
    /** The beginning of the last period, in UTC, that was refilled. */
    refilledFor: moment('refilled_for').notNull(),
  },
  (table) => [check('credits_never_overspent', sql`${table.remaining} >= 0`)],
);

/** The counts of sliding windows that several instances share. */
export const rateWindows = pgTable(
  'rate_windows',
  {
    /** The subject, the limit's name, and its seconds. */
    id: text('id').primaryKey(),
    /** How many hits each slice of the window has, from the first that has any. */
    first: bigint('first', { mode: 'number' }).notNull().default(0),
    hits: integer('hits').array().notNull().default([]),
    /** Instances of the previous version count here, until the last of them has stopped. */
    slices: jsonb('slices').$type<number[]>().notNull().default([]),
    counts: jsonb('counts').$type<number[]>().notNull().default([]),
    /** From then on the window is empty. */
    emptyAt: moment('empty_at').notNull(),
  },
  (table) => [index('rate_windows_empty').on(table.emptyAt)],
);

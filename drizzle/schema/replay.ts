import { bigint, boolean, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

/**
 * Accepted requests: (k, t, nonce) once. The table is logged, so that a row survives every crash that its acceptance survives.
 */
export const nonces = pgTable(
  'nonces',
  {
    k: text('k').notNull(),
    t: bigint('t', { mode: 'number' }).notNull(),
    nonce: text('nonce').notNull(),
  },
  // By time first: rows are added at the end of the index, and the purge finds the oldest by it.
  (table) => [primaryKey({ columns: [table.t, table.k, table.nonce] })],
);

/**
 * The service refuses requests signed at or before these unix seconds: `purged`, the low watermark of both stores, and
 * `memory`, the high watermark M of nonces in memory.
 */
export const replayWatermarks = pgTable('replay_marks', {
  name: text('name').$type<'purged' | 'memory'>().primaryKey(),
  t: bigint('t', { mode: 'number' }).notNull(),
  /** Of `memory`: whether a clean stop saved the nonces, so that the next start need not wait until M has passed. */
  clean: boolean('clean').notNull().default(false),
  raisedAt: moment('raised_at').notNull().defaultNow(),
});

import { sql } from 'drizzle-orm';
import { bigint, doublePrecision, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Environment } from '../../shared/key-format.ts';
import type { Reason } from '../../shared/refusals.ts';
import { moment } from './columns.ts';

function usageTable(name: string) {
  return pgTable(
    name,
    {
      /** The id of a key; or of a workspace for the sum of its keys, with ` live` or ` test` for those of one environment. */
      keyId: text('key_id').notNull(),
      /** The beginning of the bucket, in UTC. */
      at: moment('at').notNull(),
      procedure: text('procedure').notNull(),
      /** `OK`, or the reason of the refusal. */
      outcome: text('outcome').$type<'OK' | Reason>().notNull(),
      count: bigint('count', { mode: 'number' }).notNull(),
    },
    (table) => [
      primaryKey({ columns: [table.keyId, table.at, table.procedure, table.outcome] }),
      index(`${name}_at`).on(table.at),
    ],
  );
}

/** How the calls of each key ended, by the minute, the hour and the day. Shorter buckets are deleted sooner. */
export const usage = usageTable('usage');

export const usageHours = usageTable('usage_hours');

export const usageDays = usageTable('usage_days');

function latencyTable(name: string) {
  return pgTable(
    name,
    {
      /** The id of a key, or of a workspace for the sum of its keys. */
      keyId: text('key_id').notNull(),
      /** The beginning of the bucket, in UTC. */
      at: moment('at').notNull(),
      /** How many accepted calls took how long: one count for each range of durations, from the shortest. */
      counts: integer('counts').array().notNull(),
    },
    (table) => [primaryKey({ columns: [table.keyId, table.at] }), index(`${name}_at`).on(table.at)],
  );
}

/** How long the accepted calls of each key took, by the buckets of the usage. */
export const latencies = latencyTable('latencies');

export const latencyHours = latencyTable('latency_hours');

export const latencyDays = latencyTable('latency_days');

/** Single calls of the last 24 hours: all, or a sample of a key that calls more often than the log takes. */
export const requestLog = pgTable(
  'request_log',
  {
    workspaceId: text('workspace_id').notNull(),
    at: moment('at').notNull(),
    /** Distinguishes calls of the same moment. */
    id: text('id').notNull(),
    /** Calls of one batch have the same. */
    requestId: text('request_id').notNull(),
    keyId: text('key_id').notNull(),
    procedure: text('procedure').notNull(),
    /** `OK`, or the reason of the refusal. */
    outcome: text('outcome').$type<'OK' | Reason>().notNull(),
    /** The HTTP status of the call by itself; in a batch, the response may have another. */
    status: integer('status').notNull(),
    durationMs: doublePrecision('duration_ms').notNull(),
    environment: text('environment').$type<Environment>().notNull(),
    address: text('address'),
    /** How many calls of the key, accepted or refused as this one, it represents: itself, and those left out before it. */
    represents: integer('represents').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.at, table.id] }),
    index('request_log_at').on(table.at),
    index('request_log_request').on(table.workspaceId, table.requestId),
    index('request_log_key').on(table.workspaceId, table.keyId, table.at, table.id),
    index('request_log_procedure').on(table.workspaceId, table.procedure, table.at, table.id),
    index('request_log_refused')
      .on(table.workspaceId, table.at, table.id)
      .where(sql`${table.outcome} <> 'OK'`),
  ],
);

/** Unauthenticated calls, by the client's address. */
export const refusedCalls = pgTable(
  'refused_calls',
  {
    address: text('address').notNull(),
    /** The beginning of the hour. */
    at: moment('at').notNull(),
    outcome: text('outcome').$type<Reason>().notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.address, table.at, table.outcome] }),
    index('refused_calls_at').on(table.at),
  ],
);

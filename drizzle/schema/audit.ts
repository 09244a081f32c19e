import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

/** Who changed what: a chain for each workspace, in which each record has a MAC over itself and the record before. */
export const auditRecords = pgTable(
  'audit_records',
  {
    workspaceId: text('workspace_id').notNull(),
    /** 1, 2, 3 … without a gap. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    at: moment('at').notNull(),
    /** A user, a key, or `system` for the command line and the service itself. */
    actorKind: text('actor_kind').$type<'user' | 'key' | 'system'>().notNull(),
    actorId: text('actor_id'),
    address: text('address'),
    requestId: text('request_id'),
    /** The procedure, or an action of the service itself. */
    action: text('action').notNull(),
    /** The id of the changed thing. */
    subject: text('subject'),
    before: jsonb('before').$type<Record<string, unknown>>(),
    after: jsonb('after').$type<Record<string, unknown>>(),
    mac: text('mac').notNull(),
    keyVersion: integer('key_version').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.seq] }),
    index('audit_records_at').on(table.workspaceId, table.at),
    index('audit_records_subject').on(table.workspaceId, table.subject),
    index('audit_records_actor').on(table.workspaceId, table.actorId, table.seq),
    index('audit_records_action').on(table.workspaceId, table.action, table.seq),
  ],
);

/** The last record of each chain. It reveals that the end of a chain was cut off. */
export const auditHeads = pgTable('audit_heads', {
  workspaceId: text('workspace_id').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  mac: text('mac').notNull(),
  /** HMAC over the three columns above, under the audit key: a head that is set back by hand fails it. */
  sealMac: text('seal_mac').notNull(),
  keyVersion: integer('key_version').notNull(),
});

/**
 * For each workspace whose callers asked for receipts: where its chain of receipts ends. The chain has no other rows, because its
 * links are in the receipts.
 */
export const receiptChains = pgTable('receipt_chains', {
  workspaceId: text('workspace_id').primaryKey(),
  /** The number of the last receipt. */
  sequence: bigint('sequence', { mode: 'number' }).notNull(),
  /** SHA-256 of the last link, hex. */
  head: text('head').notNull(),
  /** The time of the last receipt, unix seconds: times never go back along a chain. */
  time: bigint('time', { mode: 'number' }).notNull(),
});

/**
 * The keys that verify the records of a retired master key version: derived from it for the audit log alone, and
 * encrypted under a newer one.
 */
export const auditKeys = pgTable('audit_keys', {
  version: integer('version').primaryKey(),
  keySealed: text('key_sealed').notNull(),
  sealVersion: integer('seal_version').notNull(),
});

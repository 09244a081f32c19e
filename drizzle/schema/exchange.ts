import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { Environment } from '../../shared/key-format.ts';
import type { Limit } from '../../shared/limits.ts';
import { moment } from './columns.ts';
import { workspaces } from './workspaces.ts';

/** Which tokens of workloads a workspace exchanges for a key, and what such a key may do. */
export const exchangeRules = pgTable(
  'exchange_rules',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    name: text('name').notNull(),
    /** The `name` of the issuer in the configuration. */
    issuer: text('issuer').notNull(),
    /** The claim `aud`. Of one issuer, an audience belongs to one workspace. */
    audience: text('audience').notNull(),
    /** A pattern of the claim `sub`. */
    subject: text('subject').notNull(),
    /** Further claims, and the values that they must have. */
    claims: jsonb('claims').$type<Record<string, string>>().notNull().default({}),
    environment: text('environment').$type<Environment>().notNull(),
    permissions: jsonb('permissions').$type<string[]>().notNull(),
    allowedAddresses: jsonb('allowed_addresses').$type<string[]>().notNull().default([]),
    limits: jsonb('limits').$type<Limit[]>().notNull().default([]),
    /** How long a key is valid. */
    lifetimeSeconds: integer('lifetime_seconds').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    /** From then on it gives no keys. Its audience stays the workspace's until the row is deleted. */
    deletedAt: moment('deleted_at'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    index('exchange_rules_workspace').on(table.workspaceId, table.createdAt, table.id),
    index('exchange_rules_audience').on(table.issuer, table.audience),
    index('exchange_rules_over').on(table.deletedAt).where(sql`deleted_at is not null`),
    // Those that are deleted are many where someone keeps making them.
    index('exchange_rules_live')
      .on(table.workspaceId, table.createdAt, table.id)
      .where(sql`deleted_at is null`),
    index('exchange_rules_live_audience').on(table.issuer, table.audience).where(sql`deleted_at is null`),
  ],
);

/** Tokens of workloads that were exchanged: each is accepted once while it is valid. */
export const exchangedTokens = pgTable(
  'exchanged_tokens',
  {
    /** SHA-256 of the issuer with the claim `jti`, or with what was signed. */
    digest: text('digest').primaryKey(),
    /** The key that it gave. */
    keyId: text('key_id').notNull(),
    /** SHA-256 of the idempotency key with which the exchange may be repeated; null if it may not. */
    retryDigest: text('retry_digest'),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [index('exchanged_tokens_over').on(table.expiresAt)],
);

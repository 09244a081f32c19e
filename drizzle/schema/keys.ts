import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Environment } from '../../shared/key-format.ts';
import type { Limit } from '../../shared/limits.ts';
import type { RegisteredPublicKey } from '../../shared/public-key.ts';
import { foldCase, usedAt } from '../key-order.ts';
import { users } from './accounts.ts';
import { moment, rev } from './columns.ts';
import { workspaces } from './workspaces.ts';

/**
 * Customers of the workspace, to whom it gave keys: all keys of one share its limits and its credits. On Postgres a change
 * raises the `rev` of every one of these keys, so that the nonce claim need not read this table.
 */
export const externalOwners = pgTable(
  'external_owners',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    /** The workspace's name for it. */
    externalId: text('external_id').notNull(),
    limits: jsonb('limits').$type<Limit[]>().notNull().default([]),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('external_owners_name').on(table.workspaceId, table.externalId)],
);

export const keys = pgTable(
  'keys',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    /** The member whose live role caps the key; null for a service key. */
    ownerId: text('owner_id').references(() => users.id),
    name: text('name').notNull(),
    environment: text('environment').$type<Environment>().notNull(),
    permissions: jsonb('permissions').$type<string[]>().notNull(),
    /** HMAC-SHA-256 of the whole key text under the pepper of `pepperVersion`, hex. */
    secretHash: text('secret_hash').notNull(),
    pepperVersion: integer('pepper_version').notNull(),
    /** Empty if the key has a public key. */
    signingSealed: text('signing_sealed').notNull(),
    signingVersion: integer('signing_version').notNull(),
    /** What verifies the signatures of a key that shares no secret; null if it has a signing secret. */
    publicKey: jsonb('public_key').$type<RegisteredPublicKey>(),
    /**
     * The pair of secrets from before the last rotation. The signing secret is accepted only with the bearer of its
     * own pair.
     */
    previousSecretHash: text('previous_secret_hash'),
    previousPepperVersion: integer('previous_pepper_version'),
    previousSigningSealed: text('previous_signing_sealed'),
    previousSigningVersion: integer('previous_signing_version'),
    previousPublicKey: jsonb('previous_public_key').$type<RegisteredPublicKey>(),
    previousValidUntil: moment('previous_valid_until'),
    previousLastUsedAt: moment('previous_last_used_at'),
    rotatedAt: moment('rotated_at'),
    enabled: boolean('enabled').notNull().default(true),
    /** Canonical addresses and CIDRs that may use the key; any address if empty. */
    allowedAddresses: jsonb('allowed_addresses').$type<string[]>().notNull().default([]),
    limits: jsonb('limits').$type<Limit[]>().notNull().default([]),
    externalOwnerId: text('external_owner_id').references(() => externalOwners.id),
    /** The authorities whose requests the key may pass to `verify`: hosts and ports, as they are signed. */
    authorities: jsonb('authorities').$type<string[]>().notNull().default([]),
    /** The workspace's own notes on the key; a small JSON object. */
    metadata: jsonb('metadata').$type<Record<string, unknown>>().notNull().default({}),
    expiresAt: moment('expires_at'),
    /**
     * The person or key that removed rights from the key without having them. They cannot see its secrets, since the
     * rights may be restored. Set to null once its person, or an owner for a service key, gives it rights again.
     */
    reducedBy: text('reduced_by'),
    revokedAt: moment('revoked_at'),
    revokedReason: text('revoked_reason'),
    /** From then on it is hidden; references to its id stay valid. */
    deletedAt: moment('deleted_at'),
    lastUsedAt: moment('last_used_at'),
    /**
     * The rule by which a workload exchanged a token for it, or for the key that made it; null for all others. No foreign
     * key: it would read the whole table, and rules are deleted long after the last of their keys has expired.
     */
    exchangeRuleId: text('exchange_rule_id'),
    createdAt: moment('created_at').notNull().defaultNow(),
    rev: rev(),
  },
  (table) => [
    index('keys_workspace').on(table.workspaceId, table.createdAt, table.id),
    index('keys_owner').on(table.ownerId, table.workspaceId).where(sql`owner_id is not null`),
    // The keys that end with a membership: a part at a time, without those that have ended.
    index('keys_owner_enabled')
      .on(table.ownerId, table.workspaceId)
      .where(sql`owner_id is not null and enabled and revoked_at is null`),
    index('keys_name').on(table.workspaceId, foldCase(table.name), table.id),
    index('keys_used').on(table.workspaceId, usedAt(table.lastUsedAt), table.id),
    index('keys_exchange_rule')
      .on(table.exchangeRuleId, table.expiresAt)
      .where(sql`exchange_rule_id is not null`),
    index('keys_exchange_rule_live')
      .on(table.exchangeRuleId, table.expiresAt)
      .where(sql`exchange_rule_id is not null and revoked_at is null`),
    index('keys_exchanged_over').on(table.expiresAt).where(sql`exchange_rule_id is not null`),
    index('keys_external_owner').on(table.externalOwnerId).where(sql`external_owner_id is not null`),
  ],
);

/** Proofs of possession that were used: each is accepted once while it is recent enough. */
export const possessionProofs = pgTable(
  'possession_proofs',
  {
    /** Of the public key that signed the proof. */
    thumbprint: text('thumbprint').notNull(),
    jti: text('jti').notNull(),
    usedAt: moment('used_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.thumbprint, table.jti] }),
    index('possession_proofs_used').on(table.usedAt),
  ],
);

/** What a call with an idempotency key created: a second call with the same input finds it. */
export const idempotency = pgTable(
  'idempotency',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    /** The key or the user who called. */
    actor: text('actor').notNull(),
    procedure: text('procedure').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    /** SHA-256 of the input without the idempotency key, hex. */
    inputDigest: text('input_digest').notNull(),
    keyId: text('key_id').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.actor, table.procedure, table.idempotencyKey] }),
    index('idempotency_created').on(table.createdAt),
  ],
);

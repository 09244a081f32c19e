import { sql } from 'drizzle-orm';
import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Role } from '../../shared/roles.ts';
import { users } from './accounts.ts';
import { moment, rev } from './columns.ts';
import { workspaces } from './workspaces.ts';

export const memberships = pgTable(
  'memberships',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    role: text('role').$type<Role>().notNull(),
    /** The `iss` of the identity provider whose `join` rules gave the membership; null if a person did. */
    issuer: text('issuer'),
    removedAt: moment('removed_at'),
    /** When the keys of the person who left were disabled, a part at a time; null until the last one was. */
    keysEndedAt: moment('keys_ended_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
    rev: rev(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.userId] }),
    index('memberships_user').on(table.userId),
    // Owners are few; without it, finding those of one workspace may read all its members.
    index('memberships_owners')
      .on(table.workspaceId, table.createdAt, table.userId)
      .where(sql`${table.role} = 'owner'`),
    // Those that have ended are many where people come and go.
    index('memberships_current').on(table.workspaceId, table.userId).where(sql`removed_at is null`),
    index('memberships_with_former_keys')
      .on(table.workspaceId, table.userId)
      .where(sql`removed_at is not null and keys_ended_at is null`),
  ],
);

/** Invitations to a workspace; each is valid for one person, once. */
export const invitations = pgTable(
  'invitations',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    role: text('role').$type<Role>().notNull(),
    /** Lowercase: only the account with this address may accept. */
    email: text('email').notNull(),
    /** HMAC-SHA-256 of the token, hex. */
    tokenHash: text('token_hash').notNull().unique(),
    tokenVersion: integer('token_version').notNull(),
    invitedBy: text('invited_by')
      .notNull()
      .references(() => users.id),
    expiresAt: moment('expires_at').notNull(),
    acceptedAt: moment('accepted_at'),
    revokedAt: moment('revoked_at'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    index('invitations_workspace').on(table.workspaceId, table.createdAt, table.id),
    index('invitations_address').on(table.workspaceId, table.email),
    index('invitations_over').on(table.expiresAt),
    index('invitations_maker').on(table.invitedBy),
    // Those that are over are many where someone keeps inviting.
    index('invitations_open')
      .on(table.workspaceId, table.createdAt, table.id)
      .where(sql`accepted_at is null and revoked_at is null`),
  ],
);

import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { RegisteredPublicKey } from '../../shared/public-key.ts';
import { moment, rev } from './columns.ts';
import { workspaces } from './workspaces.ts';

export const users = pgTable('users', {
  id: text('id').primaryKey(),
  /** Lowercase. */
  email: text('email').notNull().unique(),
  name: text('name').notNull(),
  /** argon2id, as a PHC string. */
  passwordHash: text('password_hash').notNull(),
  disabledAt: moment('disabled_at'),
  /** The person deleted their account: name, e-mail address and password are erased, the id remains. */
  deletedAt: moment('deleted_at'),
  createdAt: moment('created_at').notNull().defaultNow(),
  rev: rev(),
});

export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    /** The workspace in which the session acts. */
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    /** The identity with which it began; null if it began with a password or a passkey. */
    identityId: text('identity_id'),
    /** The passkey with which it began; null if it began otherwise. */
    passkeyId: text('passkey_id'),
    /** How its person signed in: a `SignInMethod`. Null if an older version began it. */
    method: text('method'),
    /** When its person last proved who they are, by a sign-in or by `auth.stepUp`. Null if an older version began it. */
    provenAt: moment('proven_at'),
    /** The claims `iss` and `sid` of the ID token with which it began; `sid` is null if the provider names no sessions. */
    issuer: text('issuer'),
    issuerSession: text('issuer_session'),
    /** The encrypted ID token with which it began, while it lasts; null unless its issuer has `endSession`. */
    idTokenSealed: text('id_token_sealed'),
    /** Empty if the session has a public key. */
    signingSealed: text('signing_sealed').notNull(),
    signingVersion: integer('signing_version').notNull(),
    /** What verifies the signatures of a session that shares no secret; null if it has a signing secret. */
    publicKey: jsonb('public_key').$type<RegisteredPublicKey>(),
    /** The address and client that began it, so that its person can recognise it. */
    address: text('address'),
    userAgent: text('user_agent'),
    /** The number of the valid refresh token; earlier ones are spent. */
    refreshCount: integer('refresh_count').notNull().default(1),
    refreshedAt: moment('refreshed_at').notNull().defaultNow(),
    /** The absolute limit; the idle limit counts from `refreshedAt`. */
    expiresAt: moment('expires_at').notNull(),
    endedAt: moment('ended_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
    rev: rev(),
  },
  (table) => [
    index('sessions_user').on(table.userId),
    index('sessions_live').on(table.userId, table.refreshedAt).where(sql`ended_at is null`),
    index('sessions_over').on(sql`coalesce(${table.endedAt}, ${table.expiresAt})`),
    index('sessions_issuer_session')
      .on(table.issuer, table.issuerSession)
      .where(sql`issuer_session is not null`),
  ],
);

/** Passkeys: keys of authenticators, each of which opens an account without a password (WebAuthn). */
export const passkeys = pgTable(
  'passkeys',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    /** The id that the authenticator gave it, in base64url. */
    credentialId: text('credential_id').notNull(),
    /** A COSE key (RFC 9052 §7), in base64url. */
    publicKey: text('public_key').notNull(),
    /** The COSE algorithm of the key (RFC 9053). */
    algorithm: integer('algorithm').notNull(),
    /** How many signatures the authenticator had made at the last sign-in; 0 if it does not count them. */
    counter: bigint('counter', { mode: 'number' }).notNull(),
    /** How a browser reaches the authenticator. */
    transports: jsonb('transports').$type<string[]>().notNull().default([]),
    deviceType: text('device_type').$type<'singleDevice' | 'multiDevice'>().notNull(),
    backedUp: boolean('backed_up').notNull(),
    name: text('name').notNull(),
    /** From then on it opens nothing: its counter did not grow, so a copy of it may exist. */
    disabledAt: moment('disabled_at'),
    lastUsedAt: moment('last_used_at'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('passkeys_credential').on(table.credentialId),
    index('passkeys_user').on(table.userId),
  ],
);

/** The second factor of an account: time-based one-time passwords (RFC 6238). */
export const secondFactors = pgTable('second_factors', {
  userId: text('user_id')
    .primaryKey()
    .references(() => users.id),
  secretSealed: text('secret_sealed').notNull(),
  secretVersion: integer('secret_version').notNull(),
  /** Null until its person has shown a code: only then does it count. */
  confirmedAt: moment('confirmed_at'),
  /** The time step of the last accepted code: it and earlier ones are used up. */
  lastStep: integer('last_step'),
  createdAt: moment('created_at').notNull(),
});

/** Codes that replace a lost second factor, each once. A used one is deleted. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    /** The HMAC under a key of the second factor's secret, which is encrypted under the master key. */
    hash: text('hash').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.hash] })],
);

/** Links that another person made, with which a person sets a new password; each is valid once. */
export const passwordResets = pgTable(
  'password_resets',
  {
    /** HMAC-SHA-256 of the token, hex. */
    tokenHash: text('token_hash').primaryKey(),
    tokenVersion: integer('token_version').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    /** Null if the command line made it. */
    madeBy: text('made_by').references(() => users.id),
    /** The workspace in which its maker managed the person; null if the command line made it. */
    workspaceId: text('workspace_id').references(() => workspaces.id),
    expiresAt: moment('expires_at').notNull(),
    spentAt: moment('spent_at'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    index('password_resets_over').on(table.expiresAt),
    index('password_resets_user').on(table.userId),
    index('password_resets_maker').on(table.madeBy),
    // Those that are spent are many where someone keeps making them.
    index('password_resets_open_user').on(table.userId).where(sql`spent_at is null`),
    index('password_resets_open_maker').on(table.madeBy).where(sql`spent_at is null`),
    index('password_resets_open_workspace').on(table.workspaceId).where(sql`spent_at is null`),
  ],
);

/** Wrong passwords since the last right one: for an account, or for a device known to it. */
export const loginFailures = pgTable(
  'login_failures',
  {
    /** A SHA-256, base64url: the table holds no e-mail address. */
    subject: text('subject').primaryKey(),
    failures: integer('failures').notNull(),
    begunAt: moment('begun_at').notNull(),
  },
  (table) => [index('login_failures_begun').on(table.begunAt)],
);

/** The set-up token for the first account of a production start; spent with that account. */
export const setupTokens = pgTable(
  'setup_tokens',
  {
    /** HMAC-SHA-256 under the pepper, hex. */
    hash: text('hash').primaryKey(),
    pepperVersion: integer('pepper_version').notNull(),
    spentAt: moment('spent_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('setup_tokens_one').on(sql`(${table.spentAt} is null)`).where(sql`spent_at is null`),
  ],
);

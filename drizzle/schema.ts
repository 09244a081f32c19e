import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { Environment } from '../shared/key-format.ts';
import type { Limit } from '../shared/limits.ts';
import type { RegisteredPublicKey } from '../shared/public-key.ts';
import type { Reason } from '../shared/refusals.ts';
import type { Role } from '../shared/roles.ts';
import { folded, usedAt } from './key-order.ts';

/** A moment, in UTC. */
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/**
 * Every change that takes something away from a cached caller raises it by one: the nonce claim compares the sum of
 * the `rev`s of a caller's rows with the sum that was cached. A row with a `rev` is therefore never deleted while a
 * caller could be cached from it; a moment marks its end instead.
 */
const rev = () => bigint('rev', { mode: 'number' }).notNull().default(0);

export const workspaces = pgTable(
  'workspaces',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /**
     * The person whose share of the capacity the workspace uses: its creator, or an owner who agreed to it later. Null if
     * an older version created it and no job has filled it in yet; `unsponsored` if nobody sponsors it: all of these use one
     * share. No foreign key: an insert would lock the person's row before `lockUser` does, and deadlock with the deletion of the account.
     */
    sponsorId: text('sponsor_id'),
    /**
     * Its sign-in rule: how the sessions that act in it must have signed in. A change raises the `rev` of every membership, so that
     * the nonce claim need not read this table.
     */
    signInSecondFactor: boolean('sign_in_second_factor').notNull().default(false),
    /** The name of an issuer in `KEYSEAL_ISSUERS`; null for any sign-in. */
    signInIssuer: text('sign_in_issuer'),
    /** From then on it has no members, and its keys are revoked. */
    deletedAt: moment('deleted_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('workspaces_without_sponsor')
      .on(table.id)
      .where(sql`${table.sponsorId} is null and ${table.deletedAt} is null`),
  ],
);

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
  ],
);

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

/** Persons of identity providers, and the accounts to which they are linked. */
export const identities = pgTable(
  'identities',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    /** The claims `iss` and `sub`, which identify the person together. An e-mail address does not. */
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    lastUsedAt: moment('last_used_at'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('identities_subject').on(table.issuer, table.subject),
    index('identities_user').on(table.userId),
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

/**
 * Who logged out at an identity provider: tokens that it issued until then are refused. A row is deleted once none of these
 * tokens could still be valid.
 */
export const providerLogouts = pgTable(
  'provider_logouts',
  {
    /** The claim `iss`. */
    issuer: text('issuer').notNull(),
    /** A person, a session at the provider, or those tokens of a person that name no session. */
    who: text('who').notNull(),
    /** Unix seconds by the provider's clock: a token with a later `iat` is of a new session. */
    loggedOutAt: bigint('logged_out_at', { mode: 'number' }).notNull(),
    keptUntil: moment('kept_until').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.who] }),
    index('provider_logouts_kept').on(table.keptUntil),
  ],
);

/**
 * Sign-ins with an identity provider, a second factor or a passkey, registrations of passkeys, and the logout tokens of
 * providers, that were finished: each is accepted once while it is recent enough.
 */
export const finishedSignIns = pgTable(
  'finished_sign_ins',
  { state: text('state').primaryKey(), finishedAt: moment('finished_at').notNull() },
  (table) => [index('finished_sign_ins_at').on(table.finishedAt)],
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

/**
 * Customers of the workspace, to whom it gave keys: all keys of one share its limits and its credits. A change raises
 * the `rev` of every one of these keys, so that the nonce claim need not read this table.
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
    index('keys_name').on(table.workspaceId, folded(table.name), table.id),
    index('keys_used').on(table.workspaceId, usedAt(table.lastUsedAt), table.id),
    index('keys_exchange_rule')
      .on(table.exchangeRuleId, table.expiresAt)
      .where(sql`exchange_rule_id is not null`),
    index('keys_exchanged_over').on(table.expiresAt).where(sql`exchange_rule_id is not null`),
    index('keys_external_owner').on(table.externalOwnerId).where(sql`external_owner_id is not null`),
  ],
);

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

function usageTable(name: string) {
  return pgTable(
    name,
    {
      /** The id of a key, or of a workspace for the sum of its keys. */
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
  ],
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

/** The Ed25519 keys that sign user tokens: published from the first moment, signing from `signsFrom`. */
export const tokenKeys = pgTable('token_keys', {
  kid: text('kid').primaryKey(),
  /** The public key, base64url, as `x` of a JWK (RFC 8037). */
  publicX: text('public_x').notNull(),
  privateSealed: text('private_sealed').notNull(),
  sealVersion: integer('seal_version').notNull(),
  signsFrom: moment('signs_from').notNull(),
  /** From then on no token that it signed is valid. */
  retiresAt: moment('retires_at'),
  createdAt: moment('created_at').notNull().defaultNow(),
});

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
 * The service refuses requests signed at or before these unix seconds: `purged` (both stores), `memory` (the mark M).
 */
export const replayMarks = pgTable('replay_marks', {
  name: text('name').$type<'purged' | 'memory'>().primaryKey(),
  t: bigint('t', { mode: 'number' }).notNull(),
  /** Of `memory`: whether a clean stop saved the nonces, so that the next start need not wait until M has passed. */
  clean: boolean('clean').notNull().default(false),
  raisedAt: moment('raised_at').notNull().defaultNow(),
});

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

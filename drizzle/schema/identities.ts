import { bigint, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { users } from './accounts.ts';
import { moment } from './columns.ts';

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
    /** JSON: the claims that the issuer's `join` rules read at the last sign-in; null if they read none. */
    ruleClaims: text('rule_claims'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('identities_subject').on(table.issuer, table.subject),
    index('identities_user').on(table.userId),
  ],
);

/**
 * Accounts from which persons of identity providers were unlinked, by themselves or with the deletion of the account: what was taken
 * from the account in a workspace stays taken from the person.
 */
export const formerIdentities = pgTable(
  'former_identities',
  {
    /** The claims `iss` and `sub`. */
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    userId: text('user_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.subject, table.userId] })],
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
    target: text('who').notNull(),
    /** Unix seconds by the provider's clock: a token with a later `iat` is of a new session. */
    loggedOutAt: bigint('logged_out_at', { mode: 'number' }).notNull(),
    retainedUntil: moment('kept_until').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.target] }),
    index('provider_logouts_kept').on(table.retainedUntil),
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

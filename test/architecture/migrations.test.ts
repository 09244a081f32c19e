import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classify } from './migrations.ts';

const folder = join(import.meta.dirname, '..', '..', 'drizzle', 'migrations');
const journal: { entries: { idx: number; when: number; tag: string }[] } = JSON.parse(
  readFileSync(join(folder, 'meta', '_journal.json'), 'utf8'),
);
const textOf = (tag: string) => readFileSync(join(folder, `${tag}.sql`), 'utf8');

/** Everything in it is new: there is no version before. */
const FIRST = '0000_start';

/**
 * Statements that scan an existing table and block its writers: seconds for a million rows. Each
 * is here after a review.
 */
const LONG_LOCKS: Record<string, readonly string[]> = {
  // A column that is new, and empty in every row.
  '0002_limits': ['keys_external_owner_id_external_owners_id_fk', 'keys_external_owner'],
  // What ended long ago, which every purge would look for in whole tables; what a person has; what somebody did. A
  // workspace's records are the largest: seconds, once, for what was found by reading all of them.
  '0005_indices': [
    'audit_records_action',
    'audit_records_actor',
    'invitations_over',
    'password_resets_over',
    'password_resets_user',
    'sessions_live',
    'sessions_over',
  ],
  // Keys are made by hand or by a program that waits: a second or two for a hundred thousand, once.
  '0006_key_sorts': ['keys_name', 'keys_used'],
  // A column that is new, and empty in every row; the links of thirty days are few.
  '0008_credential_rights': ['password_resets_workspace_id_workspaces_id_fk'],
  // Invitations and links end within days, so there are few. An index of a million keys takes about a second.
  '0009_login_failures': ['invitations_maker', 'keys_owner', 'password_resets_maker'],
  // Six minutes of nonces: about a second for a thousand calls a second. Claims wait in the meantime, and none is lost.
  '0011_nonces_by_time': ['nonces_k_t_nonce_pk'],
  '0013_sponsor_indices': ['memberships_owners', 'workspaces_without_sponsor'],
  // A column that is new, and empty in every row.
  '0019_workload_identity': ['keys_exchange_rule', 'keys_exchanged_over'],
  // A column that is new, and empty in every row.
  '0022_provider_logouts': ['sessions_issuer_session'],
  // A workspace has few.
  '0024_invitation_addresses': ['invitations_address'],
  // Invitations, links and rules that ended are deleted after thirty days. An index of a million keys takes about a second.
  '0027_live_rows': [
    'exchange_rules_live',
    'exchange_rules_live_audience',
    'invitations_open',
    'keys_exchange_rule_live',
    'keys_owner_enabled',
    'memberships_current',
    'password_resets_open_maker',
    'password_resets_open_user',
    'password_resets_open_workspace',
  ],
  // Workspaces and memberships are few, and these indexes contain only those that have ended.
  '0028_workspace_revisions': ['memberships_with_former_keys', 'workspaces_to_empty'],
};

describe('migrations', () => {
  it('match the journal, in its order, each later than the one before', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
    expect(files.sort()).toEqual(journal.entries.map(({ tag }) => `${tag}.sql`));
    expect(journal.entries.map(({ idx }) => idx)).toEqual(journal.entries.map((_, n) => n));
    // Drizzle applies what is later than the last that a database has, and leaves the rest out without a word.
    const times = journal.entries.map(({ when }) => when);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });

  it.each(journal.entries.map(({ tag }) => tag).filter((tag) => tag !== FIRST))(
    '%s leaves instances of the version before right, and names what takes a long lock',
    (tag) => {
      const statements = classify(textOf(tag));
      expect(statements.filter(({ verdict }) => verdict === 'refused')).toEqual([]);
      const long = statements.filter(({ verdict }) => verdict === 'long lock');
      const names = long.map(({ statement }) => /(?:INDEX|CONSTRAINT) "(\w+)"/.exec(statement)?.[1]);
      expect(names.sort()).toEqual([...(LONG_LOCKS[tag] ?? [])].sort());
    },
  );
});

describe('a migration', () => {
  it.each([
    'DROP TABLE "keys"',
    'DROP INDEX "keys_workspace"',
    'ALTER TABLE "keys" DROP COLUMN "name"',
    'ALTER TABLE "keys" DROP CONSTRAINT "keys_pkey"',
    'ALTER TABLE "keys" RENAME COLUMN "name" TO "title"',
    'ALTER TABLE "keys" RENAME TO "credentials"',
    'ALTER TABLE "keys" ALTER COLUMN "name" SET NOT NULL',
    'ALTER TABLE "keys" ALTER COLUMN "name" SET DATA TYPE varchar(10)',
    'ALTER TABLE "keys" ALTER COLUMN "name" DROP DEFAULT',
    'ALTER TABLE "keys" ADD COLUMN "note" text NOT NULL',
    'ALTER TABLE "keys" ADD COLUMN "note" text UNIQUE',
    `ALTER TABLE "keys" ADD COLUMN "note" text DEFAULT gen_random_uuid() NOT NULL`,
    'ALTER TABLE "keys" ADD CONSTRAINT "positive" CHECK ("keys"."rev" > 0)',
    'ALTER TABLE "keys" ADD CONSTRAINT "one" UNIQUE("name")',
    'CREATE UNIQUE INDEX "one" ON "keys" USING btree ("name")',
    `UPDATE "keys" SET "name" = 'x'`,
    'DELETE FROM "keys"',
    'TRUNCATE "keys"',
    'LOCK TABLE "keys"',
    'ALTER TABLE "keys" ADD COLUMN "note" text; DROP TABLE "users"',
    'ALTER TABLE "nonces" DROP CONSTRAINT "nonces_k_t_nonce_pk", ADD CONSTRAINT "nonces_t_k_pk" PRIMARY KEY("t","k")',
    'ALTER TABLE "nonces" DROP CONSTRAINT "nonces_k_t_pk", ADD CONSTRAINT "nonces_t_k_nonce_pk" PRIMARY KEY("t","k","nonce")',
  ])('may not: %s', (statement) => {
    expect(classify(`${statement};`)).toEqual([{ statement, verdict: 'refused' }]);
  });

  it.each([
    'ALTER TABLE "nonces" DROP CONSTRAINT "nonces_k_t_nonce_pk", ADD CONSTRAINT "nonces_t_k_nonce_pk" PRIMARY KEY("t","k","nonce")',
    'CREATE INDEX "some" ON "keys" USING btree ("name")',
    'ALTER TABLE "keys" ADD CONSTRAINT "some" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id")',
  ])('takes a long lock, and the check reports it: %s', (statement) => {
    expect(classify(statement)).toEqual([{ statement, verdict: 'long lock' }]);
  });

  it.each([
    'ALTER TABLE "keys" ADD COLUMN "note" text',
    `ALTER TABLE "keys" ADD COLUMN "note" jsonb DEFAULT '[]'::jsonb NOT NULL`,
    'ALTER TABLE "keys" ADD COLUMN "n" integer DEFAULT 0 NOT NULL',
    `ALTER TABLE "keys" ADD COLUMN "n" integer[] DEFAULT '{}' NOT NULL`,
    'CREATE TABLE "things" ("id" text)',
  ])('may: %s', (statement) => {
    expect(classify(statement)).toEqual([{ statement, verdict: 'fine' }]);
  });

  it('may drop an index only if it adds a primary key that begins with the same columns', () => {
    const reordered =
      'ALTER TABLE "nonces" DROP CONSTRAINT "nonces_k_t_nonce_pk", ADD CONSTRAINT "nonces_t_k_nonce_pk" PRIMARY KEY("t","k","nonce")';
    const verdictOf = (dropped: string) =>
      classify([reordered, `DROP INDEX "${dropped}"`].join(';--> statement-breakpoint\n')).at(-1)?.verdict;
    expect(['nonces_t', 'nonces_t_k', 'nonces_k', 'keys_t'].map(verdictOf)).toEqual([
      'fine',
      'fine',
      'refused',
      'refused',
    ]);
  });

  it('may change a table that it created in any way', () => {
    const own = [
      'CREATE TABLE "things" ("id" text)',
      'CREATE UNIQUE INDEX "one" ON "things" USING btree ("id")',
      'ALTER TABLE "things" ADD CONSTRAINT "some" FOREIGN KEY ("id") REFERENCES "public"."keys"("id")',
    ];
    const verdicts = classify(own.join(';--> statement-breakpoint\n')).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['fine', 'fine', 'fine']);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SQL, sql } from 'drizzle-orm';
import { ConfigError } from '../../lib/config.ts';
import { PACKAGE_ROOT, VERSION } from '../../lib/package-root.ts';

export const MIGRATIONS: string = join(PACKAGE_ROOT, 'drizzle', 'migrations');

/** The rows of a statement. */
export type Query = <T>(statement: SQL) => Promise<T[]>;

/** Applies what is pending. */
type Migrate = (pending: readonly string[]) => Promise<void>;

/** What is done with the schema: brought up to date, required to be so, or left as it is. */
export type SchemaUse = 'migrate' | 'require' | 'leave';

/** Receives the number of finished statements of the pending migrations, and of all. */
export type OnProgress = (done: number, total: number) => void;

/** Compares a database's schema with the migrations of this version, by their names. */
export interface SchemaState {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Migrations that the database has and this version lacks. */
  readonly unknown: number;
}

interface Journal {
  readonly entries: readonly { readonly tag: string; readonly when: number }[];
}

/** Compares the database's record of migrations with drizzle's journal; both identify a migration by its timestamp. */
export async function schemaOf(query: Query): Promise<SchemaState> {
  const journal: Journal = JSON.parse(readFileSync(join(MIGRATIONS, 'meta', '_journal.json'), 'utf8'));
  const [table] = await query<{ there: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as there`,
  );
  const rows = table?.there
    ? await query<{ at: string }>(sql`select created_at::text as at from drizzle.__drizzle_migrations`)
    : [];
  const done = new Set(rows.map(({ at }) => Number(at)));
  const known = journal.entries.map(({ when }) => when);
  return {
    applied: journal.entries.filter(({ when }) => done.has(when)).map(({ tag }) => tag),
    pending: journal.entries.filter(({ when }) => !done.has(when)).map(({ tag }) => tag),
    unknown: [...done].filter((when) => !known.includes(when)).length,
  };
}

/** The statements of migrations, as drizzle splits them. */
function statementsOf(migrations: readonly string[]): string[] {
  return migrations.flatMap((name) =>
    readFileSync(join(MIGRATIONS, `${name}.sql`), 'utf8').split('--> statement-breakpoint'),
  );
}

/** Drizzle says of each statement that it begins: those before it are done. */
export function progressLogger(pending: readonly string[], onProgress: OnProgress) {
  const waiting = new Set(statementsOf(pending));
  const total = waiting.size;
  return {
    logQuery: (statement: string) => {
      if (waiting.delete(statement)) onProgress(total - waiting.size - 1, total);
    },
  };
}

export function reportMigrated(migrated: readonly string[], onProgress: OnProgress): void {
  const total = new Set(statementsOf(migrated)).size;
  if (total > 0) onProgress(total, total);
}

/** Applies the pending migrations, and returns their names. @throws ConfigError if the schema is newer than this version */
export async function bringUpToDate(query: Query, migrate: Migrate): Promise<readonly string[]> {
  const { pending, unknown } = await schemaOf(query);
  if (unknown > 0) throw new ConfigError(newerSchemaSentence(unknown));
  if (pending.length > 0) await migrate(pending);
  return pending;
}

/** @throws ConfigError if the schema is newer than this version, or older */
async function requireCurrent(query: Query): Promise<readonly string[]> {
  const { pending, unknown } = await schemaOf(query);
  if (unknown > 0) throw new ConfigError(newerSchemaSentence(unknown));
  if (pending.length === 0) return [];
  throw new ConfigError(
    `The schema of the database lacks ${pending.length} of this version's migrations (${pending.join(', ')}): run keyseal migrate.`,
  );
}

/** Says why this version does not migrate a newer schema. */
export function newerSchemaSentence(unknown: number): string {
  return `The schema of the database is newer than Keyseal ${VERSION}: it has ${unknown} migration${unknown === 1 ? '' : 's'} that this version does not know. Start the version that it was migrated by, or a later one.`;
}

/** What has to be so of the schema before the database is used; the migrations that were applied. */
export const SCHEMA_HANDLERS: Record<
  SchemaUse,
  (query: Query, migrate: Migrate) => Promise<readonly string[]>
> = {
  migrate: bringUpToDate,
  require: requireCurrent,
  leave: async () => [],
};

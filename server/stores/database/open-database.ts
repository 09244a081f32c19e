import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type SQL, sql } from 'drizzle-orm';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator';
import * as schema from '../../../drizzle/schema.ts';
import { ConfigError } from '../../lib/config.ts';
import { connectPostgres } from './connection/connect.ts';
import { failureSentence } from './connection/failure-sentence.ts';
import type { StartStep } from './connection/failure-table.ts';
import { pinPglite } from './connection/pin-pglite.ts';
import { poolerAdvice, requireSessionMode } from './connection/pooler.ts';
import { overriddenIn } from './connection/postgres-url.ts';
import { causesOf } from './connection-errors.ts';
import { countPglite } from './count-pglite.ts';
import { lockDataDir } from './data-dir.ts';
import { dataDirFailure } from './data-dir-failure.ts';
import type { Database } from './database.ts';
import {
  bringUpToDate,
  MIGRATIONS,
  type Migrate,
  type Query,
  requireCurrent,
  statementsOf,
} from './migrations.ts';
import { preparePrivateDir, tightenFiles, type Warn } from './private-files.ts';
import { StatementsUnderWay, tolerateLostConnection, withStatementTimeout } from './resilient-client.ts';
import { retryConflicts } from './retries.ts';

/** One lock for all instances that migrate the same database at the same time. */
const MIGRATION_LOCK = 0x6b657973;
const CONNECTIONS = 6;
/**
 * A separate pool for claims of nonces (three statements at once) and rate limits (one): they never wait for the
 * look-ups of unauthenticated callers, nor for a tenant's procedures.
 */
const ADMISSION_CONNECTIONS = 4;

/** Whether the schema is migrated, required to be current, or left unchanged. */
type Schema = 'migrate' | 'require' | 'leave';

/** Called with the number of statements of the pending migrations that are done, and their total. */
type OnProgress = (done: number, total: number) => void;

/**
 * Opens the database of the configuration.
 * @throws ConfigError if it is missing or in use, or its schema is newer than this version
 */
export async function openDatabase(
  config: { databaseUrl: string | null; dataDir: string },
  schema: Schema = 'migrate',
  told: OnProgress = () => {},
  warn: Warn = () => {},
): Promise<Database> {
  if (config.databaseUrl === null) return openPglite(config.dataDir, schema, told, warn);
  const database = await openPostgres(config.databaseUrl, schema, told);
  const settings = overriddenIn(config.databaseUrl);
  if (settings.length > 0)
    warn(
      { settings },
      'DATABASE_URL has settings that Keyseal sets itself: they have no effect, remove them',
    );
  return database;
}

async function openPglite(dataDir: string, wanted: Schema, told: OnProgress, warn: Warn): Promise<Database> {
  const folder = join(dataDir, 'pglite');
  if (wanted !== 'migrate' && !existsSync(folder)) {
    throw new ConfigError(
      `The data directory "${dataDir}" holds no database: run keyseal migrate, or set KEYSEAL_DATA_DIR or DATABASE_URL to an existing one.`,
    );
  }
  // An inspection changes nothing.
  const tighten = wanted === 'leave' ? () => {} : () => tightenFiles(folder);
  const unlock = await takeDataDir(dataDir, wanted, warn);
  // Loaded only if it is used: the driver loads all of PGlite.
  const { PGlite } = await import('@electric-sql/pglite');
  const { drizzle } = await import('drizzle-orm/pglite');
  const { migrate } = await import('drizzle-orm/pglite/migrator');
  tighten();
  const client = new PGlite({ dataDir: folder });
  try {
    await pinPglite(client);
    const asking = new StatementsUnderWay();
    const db = drizzle(countPglite(client, asking), { schema });
    const query: Query = async <T>(statement: SQL) => (await db.execute(statement)).rows as T[];
    const migrated = await PREPARE[wanted](query, (pending) => {
      const logger = tellingOf(pending, told);
      return migrate(drizzle(client, { schema, logger }), { migrationsFolder: MIGRATIONS });
    });
    tellDone(migrated, told);
    tighten();
    return {
      kind: 'pglite',
      db,
      sql: null,
      pool: poolOf(0, asking),
      migrated,
      query,
      ping: async () => void (await db.execute(sql`select 1`)),
      close: async () => {
        await client.close();
        tighten();
        await unlock();
      },
    };
  } catch (error) {
    await client.close().catch(() => {});
    await unlock();
    throw dataDirFailure(dataDir, error);
  }
}

/** Makes the data directory private, except for an inspection, and locks it. */
async function takeDataDir(dataDir: string, wanted: Schema, warn: Warn): Promise<() => Promise<void>> {
  try {
    if (wanted !== 'leave') preparePrivateDir(dataDir, warn);
    return await lockDataDir(dataDir);
  } catch (error) {
    throw dataDirFailure(dataDir, error);
  }
}

/** Migrates or checks the schema before the database is used. @returns the migrations that were applied */
const PREPARE: Record<Schema, (query: Query, migrate: Migrate) => Promise<readonly string[]>> = {
  migrate: bringUpToDate,
  require: requireCurrent,
  leave: async () => [],
};

async function openPostgres(url: string, wanted: Schema, told: OnProgress): Promise<Database> {
  let pooled = false;
  const driver = connectPostgres(url, {
    max: CONNECTIONS,
    pooled: () => {
      pooled = true;
    },
  });
  const client = tolerateLostConnection(driver);
  const admission = tolerateLostConnection(connectPostgres(url, { max: ADMISSION_CONNECTIONS }));
  const close = async (timeout: number) => {
    await Promise.all([client.end({ timeout }), admission.end({ timeout })]);
  };
  const asking = new StatementsUnderWay();
  let step: StartStep = 'opening';
  try {
    await driver`select 1`;
    if (pooled) await requireSessionMode(url, driver);
    step = 'migrating';
    const db = drizzlePostgres(withStatementTimeout(client, asking), { schema });
    const query: Query = async <T>(statement: SQL) => [...(await db.execute(statement))] as T[];
    const migrated =
      wanted === 'migrate' ? await migrateAlone(url, told) : await PREPARE[wanted](query, async () => {});
    return {
      kind: 'postgres',
      db,
      sql: admission,
      pool: poolOf(CONNECTIONS + ADMISSION_CONNECTIONS, asking),
      migrated,
      query,
      ping: async () => void (await db.execute(sql`select 1`)),
      close: () => close(5),
    };
  } catch (error) {
    await close(1);
    throw unusable(url, error, step);
  }
}

const poolOf = (connections: number, asking: StatementsUnderWay): Database['pool'] => ({
  connections,
  get underWay() {
    return asking.underWay;
  },
  answered: () => asking.answered(),
});

/** Says in a sentence why a database cannot be used. */
function unusable(url: string, error: unknown, step: StartStep): ConfigError {
  const known = causesOf(error).find((cause) => cause instanceof ConfigError);
  if (known) return known;
  const advice = poolerAdvice(error as Error);
  const subject = `The database of DATABASE_URL (${withoutSecrets(url)})`;
  return new ConfigError(advice ?? failureSentence(subject, error, step, url));
}

/** Migrates while no other instance does: instances that wait for the lock find the schema migrated. */
async function migrateAlone(url: string, told: OnProgress): Promise<readonly string[]> {
  const client = connectPostgres(url, { max: 1, overrides: { statement_timeout: '0' } });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    const db = drizzlePostgres(client);
    const query: Query = async <T>(statement: SQL) => [...(await db.execute(statement))] as T[];
    const migrated = await bringUpToDate(query, (pending) =>
      // Instances of the previous version still serve, and may lock the same tables in another order.
      retryConflicts(() => {
        const logger = tellingOf(pending, told);
        return migratePostgres(drizzlePostgres(client, { logger }), { migrationsFolder: MIGRATIONS });
      }),
    );
    tellDone(migrated, told);
    return migrated;
  } finally {
    await client.end({ timeout: 5 });
  }
}

/** Drizzle reports each statement when it begins: those before it are done. */
function tellingOf(pending: readonly string[], told: OnProgress) {
  const waiting = new Set(statementsOf(pending));
  const total = waiting.size;
  return {
    logQuery: (statement: string) => {
      if (waiting.delete(statement)) told(total - waiting.size - 1, total);
    },
  };
}

function tellDone(migrated: readonly string[], told: OnProgress): void {
  const total = new Set(statementsOf(migrated)).size;
  if (total > 0) told(total, total);
}

function withoutSecrets(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}

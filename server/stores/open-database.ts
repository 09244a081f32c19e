import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { type SQL, sql } from 'drizzle-orm';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import * as schema from '../../drizzle/schema.ts';
import { ConfigError } from '../config.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { lockDataDir } from './data-dir.ts';
import type { Database } from './database.ts';
import { impatient } from './deadline.ts';
import { survivingLoss } from './lost-connections.ts';

const MIGRATIONS = join(PACKAGE_ROOT, 'drizzle', 'migrations');
/** One lock for all instances that migrate the same database at the same time. */
const MIGRATION_LOCK = 0x6b657973;
/** A statement that takes longer is given up: the caller gets 503 and not a queue. */
const STATEMENT_TIMEOUT_MS = 5_000;
/** Seconds between attempts at a database that is gone: it is found again soon after it is back. */
const LONGEST_BACKOFF_S = 1;

/**
 * Opens the database of the configuration and brings its schema up to date.
 * @throws ConfigError where it is not there, or taken
 */
export async function openDatabase(config: {
  databaseUrl: string | null;
  dataDir: string;
}): Promise<Database> {
  return config.databaseUrl === null ? openPglite(config.dataDir) : openPostgres(config.databaseUrl);
}

async function openPglite(dataDir: string): Promise<Database> {
  const unlock = await lockDataDir(dataDir);
  const client = new PGlite({ dataDir: join(dataDir, 'pglite') });
  try {
    const db = drizzlePglite(client, { schema });
    await migratePglite(db, { migrationsFolder: MIGRATIONS });
    return {
      kind: 'pglite',
      db,
      sql: null,
      query: async <T>(statement: SQL) => (await db.execute(statement)).rows as T[],
      ping: async () => void (await db.execute(sql`select 1`)),
      close: async () => {
        await client.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw new ConfigError(`The data directory "${dataDir}" cannot be opened: ${(error as Error).message}.`);
  }
}

async function openPostgres(url: string): Promise<Database> {
  const driver = postgres(url, {
    max: 10,
    connect_timeout: 5,
    // Its query for array types at every connection is awaited by nobody: where the connection breaks meanwhile, the
    // rejection would end the process. No statement of ours hands over an array.
    fetch_types: false,
    backoff: (attempt) => Math.min(2 ** attempt / 20, LONGEST_BACKOFF_S),
    onnotice: () => {},
    connection: {
      application_name: 'keyseal',
      statement_timeout: STATEMENT_TIMEOUT_MS,
      // A nonce that a crash of the machine forgets could be replayed.
      synchronous_commit: 'on',
    },
  });
  const client = survivingLoss(driver);
  try {
    await migrateAlone(url);
    const db = drizzlePostgres(impatient(client), { schema });
    return {
      kind: 'postgres',
      db,
      sql: client,
      query: async <T>(statement: SQL) => [...(await db.execute(statement))] as T[],
      ping: async () => void (await db.execute(sql`select 1`)),
      close: () => client.end({ timeout: 5 }),
    };
  } catch (error) {
    await client.end({ timeout: 1 });
    throw new ConfigError(
      `The database of DATABASE_URL (${withoutSecrets(url)}) does not answer: ${reasonOf(error)}. Start it, or correct DATABASE_URL.`,
    );
  }
}

async function migrateAlone(url: string): Promise<void> {
  const client = postgres(url, { max: 1, connect_timeout: 5, fetch_types: false, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migratePostgres(drizzlePostgres(client), { migrationsFolder: MIGRATIONS });
  } finally {
    await client.end({ timeout: 5 });
  }
}

function withoutSecrets(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? 'unknown';
}

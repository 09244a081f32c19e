import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import type { SQL } from 'drizzle-orm';
import { ConfigError } from '../../../lib/config.ts';
import { pinPglite } from '../connection/pin-pglite.ts';
import type { Database } from '../database.ts';
import { hasDatabase, markCreated } from '../lost-database.ts';
import {
  MIGRATIONS,
  type OnProgress,
  progressLogger,
  type Query,
  reportMigrated,
  SCHEMA_HANDLERS,
  type SchemaUse,
  schemaOf,
} from '../migrations.ts';
import { preparePrivateDir, tightenFiles, type Warn } from '../private-files.ts';
import { checkPrivileges } from '../privileges.ts';
import { StatementsInFlight } from '../statement-timeout.ts';
import { lockDataDir } from './data-dir.ts';
import { dataDirFailure } from './data-dir-failure.ts';
import { openPgliteClient, type PgliteClient } from './pglite-client.ts';
import { countPgliteStatements } from './pglite-statements.ts';
import { unpackPrepared } from './prepared-pglite.ts';

const MIGRATION_OPTIONS = { migrationsFolder: MIGRATIONS };

/**
 * Opens the database in the data directory, only for this process.
 * @throws ConfigError if it is missing or in use, or if its schema is newer than this version
 */
export async function openPglite(
  dataDir: string,
  wanted: SchemaUse,
  onProgress: OnProgress,
  warn: Warn,
): Promise<Database> {
  const folder = join(dataDir, 'pglite');
  if (wanted !== 'migrate' && !isThere(dataDir)) throw noDatabase(dataDir);
  // An inspection changes nothing.
  const tighten = wanted === 'leave' ? () => {} : () => tightenFiles(folder);
  const unlock = await takeDataDir(dataDir, wanted, warn);
  const { drizzle, migrate } = await loadDriver();
  let close = async () => {};
  try {
    const unpacked = !hasDatabase(dataDir) && (await unpackPrepared(folder, onProgress));
    tighten();
    const client = await openPgliteClient(folder, endProcess);
    close = () => client.close();
    await pinPglite(client);
    const statements = new StatementsInFlight();
    const db = drizzle({ client: forDrizzle(countPgliteStatements(client, statements)) });
    const query: Query = async <T>(statement: SQL) => (await db.execute(statement)).rows as T[];
    const migrated = await SCHEMA_HANDLERS[wanted](query, (pending) => {
      const logger = progressLogger(pending, onProgress);
      return migrate(drizzle({ client: forDrizzle(client), logger }), MIGRATION_OPTIONS);
    });
    reportMigrated(migrated, onProgress);
    tighten();
    if (wanted === 'migrate') markCreated(dataDir);
    return {
      kind: 'pglite',
      db,
      sql: null,
      pool: statements.ofPool(0),
      // Those of the prepared database were applied when it was made.
      migrated: unpacked ? (await schemaOf(query)).applied : migrated,
      query,
      ping: () => checkPrivileges(query),
      close: async () => {
        await client.close();
        tighten();
        await unlock();
      },
    };
  } catch (error) {
    await close().catch(() => {});
    await unlock();
    throw dataDirFailure(dataDir, error);
  }
}

/** Loaded only if it is used: the driver loads all of PGlite. */
async function loadDriver() {
  const { drizzle } = await import('drizzle-orm/pglite');
  const { migrate } = await import('drizzle-orm/pglite/migrator');
  return { drizzle, migrate };
}

/** @throws ConfigError if it is lost, or cannot be known: a directory above may not be entered */
function isThere(dataDir: string): boolean {
  try {
    return hasDatabase(dataDir);
  } catch (error) {
    throw dataDirFailure(dataDir, error);
  }
}

const noDatabase = (dataDir: string) =>
  new ConfigError(
    `The data directory "${dataDir}" contains no database: run keyseal migrate, or set KEYSEAL_DATA_DIR or DATABASE_URL to an existing one.`,
  );

/** Drizzle is typed for all of PGlite, but uses no other property. */
const forDrizzle = (client: PgliteClient) => client as unknown as PGlite;

/**
 * Ends the process with its database: without it the process can serve nothing, and the callers that still wait cannot learn whether
 * their statements took effect. Statements whose response has arrived are on disk.
 */
function endProcess({ message }: Error): never {
  process.stderr.write(
    `keyseal: The thread of the embedded database ended (${message}). Start Keyseal again; if this repeats, free space on its disk, give it more memory, or restore the data directory from a backup.\n`,
  );
  process.exit(1);
}

/** Makes the data directory private, unless the command only inspects it, and locks it. */
async function takeDataDir(dataDir: string, wanted: SchemaUse, warn: Warn): Promise<() => Promise<void>> {
  try {
    if (wanted !== 'leave') preparePrivateDir(dataDir, warn);
    return await lockDataDir(dataDir);
  } catch (error) {
    throw dataDirFailure(dataDir, error);
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SQL } from 'drizzle-orm';
import * as schema from '../../../drizzle/schema.ts';
import { ConfigError } from '../../lib/config.ts';
import { pinPglite } from './connection/pin-pglite.ts';
import { lockDataDir } from './data-dir.ts';
import { dataDirFailure } from './data-dir-failure.ts';
import type { Database } from './database.ts';
import {
  MIGRATIONS,
  type OnProgress,
  PREPARE,
  progressLogger,
  type Query,
  reportMigrated,
  type SchemaUse,
  schemaOf,
} from './migrations.ts';
import { countPgliteStatements } from './pglite-statements.ts';
import { unpackPrepared } from './prepared-pglite.ts';
import { preparePrivateDir, tightenFiles, type Warn } from './private-files.ts';
import { checkPrivileges } from './privileges.ts';
import { StatementsUnderWay } from './resilient-client.ts';

/**
 * Opens the database in the data directory, for this process alone.
 * @throws ConfigError where it is not there or taken, or its schema is newer than this version
 */
export async function openPglite(
  dataDir: string,
  wanted: SchemaUse,
  onProgress: OnProgress,
  warn: Warn,
): Promise<Database> {
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
  let close = async () => {};
  try {
    const unpacked = unpackPrepared(folder, onProgress);
    tighten();
    const client = new PGlite({ dataDir: folder });
    close = () => client.close();
    await pinPglite(client);
    const asking = new StatementsUnderWay();
    const db = drizzle(countPgliteStatements(client, asking), { schema });
    const query: Query = async <T>(statement: SQL) => (await db.execute(statement)).rows as T[];
    const migrated = await PREPARE[wanted](query, (pending) => {
      const logger = progressLogger(pending, onProgress);
      return migrate(drizzle(client, { schema, logger }), { migrationsFolder: MIGRATIONS });
    });
    reportMigrated(migrated, onProgress);
    tighten();
    // Those of the prepared database were applied when it was made.
    const applied = unpacked ? (await schemaOf(query)).applied : migrated;
    return {
      kind: 'pglite',
      db,
      sql: null,
      pool: asking.ofPool(0),
      migrated: applied,
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

/** Makes the data directory private, which a look does not, and locks it. */
async function takeDataDir(dataDir: string, wanted: SchemaUse, warn: Warn): Promise<() => Promise<void>> {
  try {
    if (wanted !== 'leave') preparePrivateDir(dataDir, warn);
    return await lockDataDir(dataDir);
  } catch (error) {
    throw dataDirFailure(dataDir, error);
  }
}

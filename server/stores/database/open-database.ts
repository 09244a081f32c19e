import type { Config } from '../../lib/config.ts';
import { overriddenIn } from './connection/postgres-url.ts';
import type { Database } from './database.ts';
import type { OnProgress, SchemaUse } from './migrations.ts';
import { openPostgres } from './open-postgres.ts';
import { openPglite } from './pglite/open-pglite.ts';
import type { Warn } from './private-files.ts';

/** How long startup waits for other sessions by default. */
const START_WAIT_SECONDS = 60;

/**
 * Opens the database of the configuration.
 * @throws ConfigError if it is missing or in use, or its schema is newer than this version
 */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir'> & Partial<Pick<Config, 'startWaitSeconds'>>,
  schema: SchemaUse = 'migrate',
  onProgress: OnProgress = () => {},
  warn: Warn = () => {},
): Promise<Database> {
  const { databaseUrl, dataDir, startWaitSeconds = START_WAIT_SECONDS } = config;
  if (databaseUrl === null) return openPglite(dataDir, schema, onProgress, warn);
  const database = await openPostgres(databaseUrl, schema, {
    waitSeconds: startWaitSeconds,
    onProgress,
    warn,
  });
  const settings = overriddenIn(databaseUrl);
  if (settings.length > 0)
    warn(
      { settings },
      'DATABASE_URL has settings that Keyseal sets itself or does not use: they have no effect, remove them',
    );
  return database;
}

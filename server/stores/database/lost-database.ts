import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../lib/config.ts';

/** A file beside the database of PGlite. Without it, a directory that lost its database would look like that of a first start. */
const MARKER = 'database-created';
const TEXT = `Keyseal created its database in the folder pglite beside this file. If that folder is lost, restore the whole
directory from a backup. To begin with an empty database, remove the whole directory.
`;

/** Files of a service in its data directory, also of one whose database is a Postgres. */
const SERVICE_FILES = ['master.key', 'setup-token', 'demo.txt'];

/** Notes that the data directory has a database. */
export function markCreated(dataDir: string): void {
  const path = join(dataDir, MARKER);
  if (!existsSync(path)) writeFileSync(path, TEXT, { mode: 0o600 });
}

/**
 * Whether the data directory has a database.
 * @throws ConfigError if it had one that is lost: a new one in its place would be without all keys and accounts
 * @throws Error if the first file of the database is missing: PGlite would make a new one among the files of the old one
 */
export function hasDatabase(dataDir: string): boolean {
  const names = filesIn(join(dataDir, 'pglite'));
  if (names?.includes('PG_VERSION')) return true;
  if (names && names.length > 0) throw new Error('pglite/PG_VERSION is missing');
  // A start makes these after the database, so an empty folder beside them has lost one.
  const laterFiles = names ? [MARKER, ...SERVICE_FILES] : [MARKER];
  const laterFile = laterFiles.find((name) => existsSync(join(dataDir, name)));
  if (laterFile === undefined) return false;
  throw new ConfigError(
    `The data directory "${dataDir}" had a database, as ${laterFile} in it shows, but its folder pglite is ${names ? 'empty' : 'gone'}. Restore the whole directory from a backup, or remove it to begin with an empty database.`,
  );
}

/** The names in a folder; null if there is no such folder. */
function filesIn(folder: string): readonly string[] | null {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

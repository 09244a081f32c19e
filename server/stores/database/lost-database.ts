import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../lib/config.ts';

/** A file next to PGlite's database. Without it, a directory that lost its database would look like that of a first startup. */
const MARKER = 'database-created';
const TEXT = `Keyseal created its database in the folder pglite beside this file. If that folder is lost, restore the whole
directory from a backup. To begin with an empty database, remove the whole directory.
`;

/** Files of a service in its data directory, even if its database is Postgres. */
const SERVICE_FILES = ['master.key', 'setup-token', 'demo.txt'];

/** Notes that the data directory has a database. */
export function markCreated(dataDir: string): void {
  const path = join(dataDir, MARKER);
  if (!existsSync(path)) writeFileSync(path, TEXT, { mode: 0o600 });
}

/**
 * Whether the data directory has a database.
 * @throws ConfigError if it had one that is lost, or may have had one: a new one in its place would be without all keys and accounts
 * @throws Error if the first file of the database is missing: PGlite would make a new one among the files of the old one
 */
export function hasDatabase(dataDir: string): boolean {
  const names = filesIn(join(dataDir, 'pglite'));
  if (names?.includes('PG_VERSION')) return true;
  if (names && names.length > 0) throw new Error('pglite/PG_VERSION is missing');
  const isThere = (name: string) => existsSync(join(dataDir, name));
  if (isThere(MARKER)) throw new ConfigError(lostSentence(dataDir, names === null));
  const earlierFile = names && SERVICE_FILES.find(isThere);
  if (earlierFile) throw new ConfigError(emptySentence(dataDir, earlierFile));
  return false;
}

const lostSentence = (dataDir: string, isGone: boolean) =>
  `The data directory "${dataDir}" had a database, as ${MARKER} in it shows, but its folder pglite is ${isGone ? 'gone' : 'empty'}. Restore the whole directory from a backup, or remove it to begin with an empty database.`;

/** An older version left no marker, and a service on a Postgres has no folder pglite. */
const emptySentence = (dataDir: string, earlierFile: string) =>
  `The folder pglite in the data directory "${dataDir}" is empty, and an earlier start left ${earlierFile} beside it. If that start had its database there, the database is lost: restore the whole directory from a backup. If it had a Postgres, remove the empty folder, and leave the rest.`;

/** The names in a folder; null if there is no such folder. */
function filesIn(folder: string): readonly string[] | null {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../server/stores/database/open-database.ts';
import { PREPARED, packDatabase } from '../server/stores/database/pglite/prepared-pglite.ts';

/** Creates the database that the first startup copies: all tables, and no rows. The build runs this; no command does. */
const folder = mkdtempSync(join(tmpdir(), 'keyseal-prepared-'));
try {
  // Otherwise `openDatabase` would copy the one of an earlier build.
  rmSync(PREPARED, { force: true });
  const database = await openDatabase({ databaseUrl: null, dataDir: folder });
  await database.close();
  writeFileSync(PREPARED, packDatabase(join(folder, 'pglite')));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

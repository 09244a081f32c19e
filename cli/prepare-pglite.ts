import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../server/stores/database/open-database.ts';
import { PREPARED, packDatabase } from '../server/stores/database/pglite/prepared-pglite.ts';

/** Makes the database that a first start copies: part of the build, and of no command. It has all tables, and no row. */
const folder = mkdtempSync(join(tmpdir(), 'keyseal-prepared-'));
try {
  // One from an earlier build would be copied.
  rmSync(PREPARED, { force: true });
  const database = await openDatabase({ databaseUrl: null, dataDir: folder });
  await database.close();
  writeFileSync(PREPARED, packDatabase(join(folder, 'pglite')));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

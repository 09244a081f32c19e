import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import type { TestProject } from 'vitest/node';
import { runFolder } from './run-folder.ts';

/** Postgres zeroes its buffers as it starts, which with 128 MB takes a third of the startup in process. */
const SETTINGS = 'shared_buffers = 16MB';

/** No service makes a database: without these two, a copy is half of the files. */
const TEMPLATES = ['template0', 'template1'];

/**
 * Makes one migrated, empty database in process and provides where it is: a first boot takes seconds, a copy
 * of this takes none. The template is laid out as the service lays out its data directory.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { folder, remove } = await runFolder('data');
  const template = join(folder, 'template');
  try {
    await mkdir(template, { mode: 0o700 });
    // As in the test files themselves.
    setFlagsFromString('--liftoff-only');
    const client = new PGlite({ dataDir: join(template, 'pglite') });
    await migrate(drizzle(client), { migrationsFolder: join(project.config.root, 'drizzle', 'migrations') });
    for (const name of TEMPLATES) {
      await client.exec(`alter database ${name} is_template false`);
      await client.exec(`drop database ${name}`);
    }
    await client.close();
    await appendFile(join(template, 'pglite', 'postgresql.conf'), `${SETTINGS}\n`);
  } catch (error) {
    await remove();
    throw error;
  }
  project.provide('pgliteTemplate', template);
  return remove;
}

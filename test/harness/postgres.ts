import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startPostgres } from './embedded-postgres.ts';
import { EVERYTHING_REQUIRED, POSTGRES_ABSENT, POSTGRES_TEMPLATE } from './provided.ts';
import { runFolder } from './run-folder.ts';

/** Starts one real Postgres for the whole run, with a migrated database to copy, and provides its URL. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { folder, remove } = await runFolder('postgres');
  try {
    const { server, url } = await startPostgres(folder);
    await makeTemplate(url, join(project.config.root, 'drizzle', 'migrations'));
    project.provide('postgresUrl', url);
    return async () => {
      await server.stop().finally(remove);
    };
  } catch (error) {
    await remove();
    const reason = `${POSTGRES_ABSENT}: ${error instanceof Error ? error.message : 'it ended at once'}`;
    if (EVERYTHING_REQUIRED) throw new Error(reason, { cause: error });
    console.warn(reason);
    project.provide('postgresUrl', null);
    return async () => {};
  }
}

async function makeTemplate(server: string, migrationsFolder: string): Promise<void> {
  const admin = postgres(server, { max: 1 });
  await admin`create database ${admin(POSTGRES_TEMPLATE)}`.finally(() => admin.end());
  const url = new URL(server);
  url.pathname = `/${POSTGRES_TEMPLATE}`;
  const client = postgres(url.href, { max: 1, onnotice: () => {} });
  await migrate(drizzle(client), { migrationsFolder }).finally(() => client.end());
}

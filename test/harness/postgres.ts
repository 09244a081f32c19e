import type { TestProject } from 'vitest/node';
import { startPostgres } from './embedded-postgres.ts';
import { EVERYTHING_REQUIRED, POSTGRES_ABSENT } from './provided.ts';
import { runFolder } from './run-folder.ts';

/** Starts one real Postgres for the whole run, and provides its URL. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { folder, remove } = await runFolder('postgres');
  try {
    const { server, url } = await startPostgres(folder);
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

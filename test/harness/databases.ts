import type { TestProject } from 'vitest/node';
import startPglite from './pglite-template.ts';
import startPostgres from './postgres.ts';

/** Starts what every run needs, side by side: the real Postgres, and the template of PGlite. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stops = await Promise.all([startPostgres(project), startPglite(project)]);
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

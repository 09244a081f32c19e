import type { routes } from '../server/app/routes.ts';

/** The procedures that a client knows unless it is told of others. */
export type Routes = typeof routes;

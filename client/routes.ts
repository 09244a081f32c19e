import type { routes } from '../server/app/routes.ts';

/** The procedures that a client knows by default. */
export type Routes = typeof routes;

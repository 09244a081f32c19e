import type { inferRouterInputs } from '@trpc/server';
import type { KeysealRouter } from '../router.ts';

/** The report of a request that a guard sends. */
export type ReportedRequest = inferRouterInputs<KeysealRouter>['verify'];

import type { inferRouterInputs } from '@trpc/server';
import type { KeysealRouter } from '../router.ts';

/** What a guard reports of a request. */
export type ReportedRequest = inferRouterInputs<KeysealRouter>['verify'];

import type { TRPCBuiltRouter } from '@trpc/server';
import type { routes } from '../server/routes.ts';
import type { Guard } from '../shared/guard.ts';
import type { RefusalShape } from '../shared/refusals.ts';

/** The service's router, in types alone: nothing of the server comes along. */
export type KeysealRouter = TRPCBuiltRouter<
  { ctx: object; meta: Guard; errorShape: RefusalShape; transformer: false },
  typeof routes
>;

import type { TRPCBuiltRouter, TRPCRouterRecord } from '@trpc/server';
import type { ProcedureGuard } from '../shared/guard.ts';
import type { RefusalShape } from '../shared/refusals.ts';
import type { Routes } from './routes.ts';

/** The router of a record of procedures, in types alone: nothing of the server comes along. */
export type RouterOf<R extends TRPCRouterRecord> = TRPCBuiltRouter<
  { ctx: object; meta: ProcedureGuard<string>; errorShape: RefusalShape; transformer: false },
  R
>;

/** The service's router. */
export type KeysealRouter = RouterOf<Routes>;

import type { TRPCBuiltRouter, TRPCRouterRecord } from '@trpc/server';
import type { ProcedureGuard } from '../shared/guard.ts';
import type { RefusalShape } from '../shared/refusals.ts';
import type { Routes } from './routes.ts';

/** The router type of a record of procedures. It imports no code of the server. */
export type RouterOf<R extends TRPCRouterRecord> = TRPCBuiltRouter<
  { ctx: object; meta: ProcedureGuard<string>; errorShape: RefusalShape; transformer: false },
  R
>;

/** The service's router. */
export type KeysealRouter = RouterOf<Routes>;

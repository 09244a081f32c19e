export type { Caller } from '../server/gate/caller.ts';
export { Refusal } from '../server/lib/refusal.ts';
export type { Context } from '../server/rpc/trpc.ts';
export type { Reason, RefusalDetails } from '../shared/refusals.ts';
export { type CustomGuard, createProcedure } from './create-procedure.ts';
export { createService, type KeysealService, type Running } from './create-service.ts';
export type { ServiceOptions } from './options.ts';

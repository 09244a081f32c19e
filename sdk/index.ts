export { Refusal } from '../server/lib/refusal.ts';
export type { Reason, RefusalDetails } from '../shared/refusals.ts';
export type { Caller, Context } from './context.ts';
export { type CustomGuard, createProcedure } from './create-procedure.ts';
export { createService, type KeysealService, type Running } from './create-service.ts';
export type { ServiceOptions } from './options.ts';

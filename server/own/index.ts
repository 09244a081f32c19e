export type { Reason, RefusalDetails } from '../../shared/refusals.ts';
export type { Caller } from '../gate/caller.ts';
export { Refusal } from '../refusal.ts';
export type { Context } from '../trpc.ts';
export { createProcedure, type OwnGuard } from './create-procedure.ts';
export { createService, type KeysealService, type Running } from './create-service.ts';
export type { ServiceOptions } from './options.ts';

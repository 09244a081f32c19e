export type { Reason, RefusalDetails } from '../shared/refusals.ts';
export {
  createProcedure,
  createService,
  type KeysealService,
  type OwnGuard,
  type Running,
  type ServiceOptions,
} from './create-service.ts';
export type { Caller } from './gate/caller.ts';
export { Refusal } from './refusal.ts';
export type { Context } from './trpc.ts';

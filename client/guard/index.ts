export { admitted } from './admitted.ts';
export { createGuard, type Guard } from './create-guard.ts';
export type { GuardOptions, RouteRequirements } from './options.ts';
export type { Admitted } from './request-verifier.ts';
export { formatRefusal, type GuardedContext, permitted } from './trpc.ts';

export { admitted } from './admitted.ts';
export { createGuard, type Guard } from './create-guard.ts';
export type { Admitted } from './judge.ts';
export type { GuardOptions, RouteRequirements } from './options.ts';
export { formatRefusal, type GuardedContext, permitted } from './trpc.ts';

export { admitted } from './admitted.ts';
export { createGuard, type Guard } from './create-guard.ts';
export type { Admitted, Asked, GuardOptions } from './judge.ts';
export { formatRefusal, type GuardedContext, permitted } from './trpc.ts';

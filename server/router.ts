import type { Guard } from '../shared/guard.ts';
import { routes } from './routes.ts';
import { router } from './trpc.ts';

export const appRouter = router(routes);

/** What the front has to know of a procedure before anyone is admitted. */
export interface Described {
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly guard: Guard;
}

/** Every procedure by its name. The service does not start where one has no guard. */
export const procedures: ReadonlyMap<string, Described> = new Map(
  Object.entries(appRouter._def.procedures).map(([name, procedure]) => {
    const { type, meta } = (procedure as unknown as { _def: { type: Described['type']; meta?: Guard } })._def;
    if (!meta?.access) throw new Error(`The procedure ${name} declares no guard.`);
    return [name, { type, guard: meta }];
  }),
);

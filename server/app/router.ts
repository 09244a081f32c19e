import { buildRegistry } from '../rpc/procedure-registry.ts';
import { router } from '../rpc/trpc.ts';
import { routes } from './routes.ts';

/** The service's own procedures. It does not start where one has no guard. */
export const builtInApi = buildRegistry(router(routes));

import { buildRegistry } from '../rpc/procedure-registry.ts';
import { router } from '../rpc/trpc.ts';
import { routes } from './routes.ts';

/** The built-in procedures. The service does not start if one has no guard. */
export const builtInApi = buildRegistry(router(routes));

import { describe } from './api.ts';
import { routes } from './routes.ts';
import { router } from './trpc.ts';

/** The service's own procedures. It does not start where one has no guard. */
export const ownApi = describe(router(routes));

import type { TRPCRouterRecord } from '@trpc/server';
import { auth } from './auth/routes.ts';
import { keys } from './keys/routes.ts';
import { owners } from './owners/routes.ts';
import { samples } from './samples/routes.ts';
import { usage } from './usage/routes.ts';
import { verification } from './verify/routes.ts';

/** Every procedure of the service, by its name on the wire. */
export const routes = { auth, keys, owners, usage, ...verification, ...samples } satisfies TRPCRouterRecord;

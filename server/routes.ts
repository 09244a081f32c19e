import type { TRPCRouterRecord } from '@trpc/server';
import { audit } from './audit/routes.ts';
import { auth } from './auth/routes.ts';
import { keys } from './keys/routes.ts';
import { owners } from './owners/routes.ts';
import { samples } from './samples/routes.ts';
import { verification } from './verify/routes.ts';

/** Every procedure of the service, by its name on the wire. */
export const routes = { auth, keys, owners, audit, ...verification, ...samples } satisfies TRPCRouterRecord;

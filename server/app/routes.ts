import type { TRPCRouterRecord } from '@trpc/server';
import { audit } from '../audit/routes.ts';
import { auth } from '../auth/routes.ts';
import { owners } from '../keys/owners/routes.ts';
import { keys } from '../keys/routes.ts';
import { samples } from '../samples/routes.ts';
import { sessions } from '../sessions/routes.ts';
import { usage } from '../usage/routes.ts';
import { verification } from '../verify/routes.ts';
import { invitations } from '../workspaces/invitation-routes.ts';
import { members } from '../workspaces/member-routes.ts';
import { workspaces } from '../workspaces/routes.ts';

/** Every procedure of the service, by its name on the wire. */
export const routes = {
  audit,
  auth,
  invitations,
  keys,
  members,
  owners,
  sessions,
  usage,
  workspaces,
  ...verification,
  ...samples,
} satisfies TRPCRouterRecord;

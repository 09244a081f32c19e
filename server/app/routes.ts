import type { TRPCRouterRecord } from '@trpc/server';
import { auditRoutes } from '../audit/routes.ts';
import { identityRoutes, signInRoutes } from '../auth/external/routes.ts';
import { passkeyRoutes, passkeySignInRoutes } from '../auth/passkeys/routes.ts';
import { authRoutes } from '../auth/routes.ts';
import { codeRoutes, secondFactorRoutes } from '../auth/second-factor/routes.ts';
import { exchangeRuleRoutes } from '../keys/exchange/rule-routes.ts';
import { ownerRoutes } from '../keys/owners/routes.ts';
import { keyRoutes } from '../keys/routes.ts';
import { requestRoutes } from '../requests/routes.ts';
import { sampleRoutes } from '../samples/routes.ts';
import { sessionRoutes } from '../sessions/routes.ts';
import { usageRoutes } from '../usage/routes.ts';
import { verifyRoutes } from '../verify/routes.ts';
import { invitationRoutes } from '../workspaces/invitation-routes.ts';
import { memberRoutes } from '../workspaces/member-routes.ts';
import { workspaceRoutes } from '../workspaces/routes.ts';

/** Every procedure of the service, by its name on the wire. */
export const routes = {
  audit: auditRoutes,
  auth: { ...authRoutes, ...signInRoutes, ...codeRoutes, ...passkeySignInRoutes },
  exchangeRules: exchangeRuleRoutes,
  identities: identityRoutes,
  invitations: invitationRoutes,
  keys: keyRoutes,
  members: memberRoutes,
  owners: ownerRoutes,
  passkeys: passkeyRoutes,
  requests: requestRoutes,
  secondFactor: secondFactorRoutes,
  sessions: sessionRoutes,
  usage: usageRoutes,
  workspaces: workspaceRoutes,
  ...verifyRoutes,
  ...sampleRoutes,
} satisfies TRPCRouterRecord;

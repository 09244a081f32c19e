import type { TRPCRouterRecord } from '@trpc/server';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '../../drizzle/schema/accounts.ts';
import { requireLiveSession } from '../gate/lock-caller.ts';
import { isoOrEpoch } from '../lib/clock.ts';
import { EXAMPLE_USER } from '../lib/example-values.ts';
import { Refusal } from '../lib/refusal.ts';
import { acceptInvitation } from '../membership/accept-invitation.ts';
import { withoutFormerKeys } from '../membership/former-keys.ts';
import { procedure } from '../rpc/trpc.ts';
import type { Db } from '../stores/database/database.ts';
import { EXAMPLE_INVITATION, EXAMPLE_INVITATION_TOKEN, EXAMPLE_WORKSPACE } from './examples.ts';
import { invite, listInvitations, readInvitation, withdraw } from './invitations.ts';
import {
  AcceptInvitationInput,
  AcceptInvitationOutput,
  CreateInvitationInput,
  CreateInvitationOutput,
  ListInvitationsOutput,
  NoInput,
  PreviewInvitationInput,
  PreviewInvitationOutput,
  RevokeInvitationInput,
} from './schemas.ts';

const WRITE_GUARD = { access: 'user', permission: 'members:write' } as const;

export const invitationRoutes = {
  create: procedure({
    ...WRITE_GUARD,
    stepUp: true,
    description:
      "Invites the person of an e-mail address, with a role no higher than the caller's own. `token` is shown once: send it yourself, because Keyseal sends no e-mail. It works once, expires after seven days, and replaces an earlier one for the same e-mail address. A workspace has at most 200 open invitations. `invitation` is `{ id, email, role, invitedBy, createdAt, expiresAt }`.",
    shapes: { input: '`{ email, role }`', output: '`{ invitation, token }`' },
    refusals: ['ESCALATION_DENIED', 'CONFLICT'],
    example: {
      input: { email: EXAMPLE_INVITATION.email, role: EXAMPLE_INVITATION.role },
      output: { invitation: EXAMPLE_INVITATION, token: EXAMPLE_INVITATION_TOKEN },
    },
  })
    .input(CreateInvitationInput)
    .output(CreateInvitationOutput)
    .mutation(({ ctx, input }) => invite(ctx.service.stores, ctx, input)),

  list: procedure({
    access: 'user',
    permission: 'members:read',
    description: 'Lists the open invitations that can still be accepted, newest first.',
    shapes: { input: '`{ }?`', output: '`{ items }`' },
    example: { input: {}, output: { items: [EXAMPLE_INVITATION] } },
  })
    .input(NoInput)
    .output(ListInvitationsOutput)
    .query(async ({ ctx: { caller, service } }) => {
      const { database, clock } = service.stores;
      return { items: await listInvitations(database.db, caller.workspaceId, new Date(clock())) };
    }),

  revoke: procedure({
    ...WRITE_GUARD,
    description: 'Withdraws an open invitation.',
    shapes: { input: '`{ id }`', output: '`{ }`' },
    refusals: ['INVITATION_NOT_FOUND'],
    example: { input: { id: EXAMPLE_INVITATION.id }, output: {} },
  })
    .input(RevokeInvitationInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await withdraw(ctx.service.stores, ctx, input.id);
      return {};
    }),

  // A mutation, although it changes nothing: the input of a query is in the URL, which proxies log.
  preview: procedure({
    access: 'public',
    description:
      'Returns what an invitation offers to the holder of its token, before they accept it: `role` in the workspace called `workspaceName`, from the member called `inviterName`, for the account with the e-mail address `email`. It changes nothing. Every invalid token gets the same response.',
    shapes: {
      input: '`{ token }`',
      output: '`{ workspaceName, inviterName, email, role, expiresAt }`',
    },
    refusals: ['INVITATION_INVALID', 'TOO_MANY_FAILURES'],
    example: {
      input: { token: EXAMPLE_INVITATION_TOKEN },
      output: {
        workspaceName: EXAMPLE_WORKSPACE.name,
        inviterName: EXAMPLE_USER.name,
        email: EXAMPLE_INVITATION.email,
        role: EXAMPLE_INVITATION.role,
        expiresAt: EXAMPLE_INVITATION.expiresAt,
      },
    },
  })
    .input(PreviewInvitationInput)
    .output(PreviewInvitationOutput)
    .mutation(async ({ ctx: { request, service }, input: { token } }) => {
      const { expiresAt, ...shown } = await readInvitation(service, token, request.address);
      return { ...shown, expiresAt: isoOrEpoch(expiresAt) };
    }),

  accept: procedure({
    access: 'user',
    description:
      'Makes the caller, whose e-mail address must be the invited one, a member of the workspace. The session stays in its workspace until `workspaces.select`. Every invalid token gets the same response. A person without an account passes the token to `auth.signUp`.',
    shapes: { input: '`{ token }`', output: '`{ workspace: { id, name, role } }`' },
    refusals: ['INVITATION_INVALID', 'CONFLICT'],
    example: {
      input: { token: EXAMPLE_INVITATION_TOKEN },
      output: {
        workspace: { id: EXAMPLE_WORKSPACE.id, name: EXAMPLE_WORKSPACE.name, role: EXAMPLE_INVITATION.role },
      },
    },
  })
    .input(AcceptInvitationInput)
    .output(AcceptInvitationOutput)
    .mutation(async ({ ctx: { caller, request, service }, input: { token } }) => {
      const { writes, credentials, audit } = service.stores;
      const join = async (tx: Db) => {
        const [user] = await tx.select().from(users).where(eq(users.id, caller.userId));
        if (!user) throw new Refusal('SESSION_ENDED');
        const accepted = await acceptInvitation(tx, service.stores, token, user);
        await requireLiveSession(tx, service.stores, caller);
        // Recorded in the joined workspace, even if the session acts in another one.
        const actor = { caller: { ...caller, workspaceId: accepted.workspaceId }, request };
        const after = { userId: user.id, role: accepted.role };
        await audit.record(tx, actor, {
          action: 'invitations.accept',
          kind: 'member' as const,
          subject: user.id,
          after,
        });
        return accepted;
      };
      const joined = await withoutFormerKeys(writes.of(caller.session.payer), join);
      credentials.changed({ user: caller.userId });
      const { workspaceId: id, name, role } = joined;
      return { workspace: { id, name, role } };
    }),
} satisfies TRPCRouterRecord;

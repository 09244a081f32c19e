import type { TRPCRouterRecord } from '@trpc/server';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { users } from '../../drizzle/schema.ts';
import { requireLiveSession } from '../gate/lock-caller.ts';
import { Refusal } from '../lib/refusal.ts';
import { acceptInvitation } from '../membership/invitations.ts';
import { procedure } from '../rpc/trpc.ts';
import { invite, listInvitations, withdraw } from './invitations.ts';
import {
  AcceptInvitationInput,
  AcceptInvitationOutput,
  CreateInvitationInput,
  CreateInvitationOutput,
  ListInvitationsOutput,
  NoInput,
  RevokeInvitationInput,
} from './schemas.ts';

const writing = procedure({ access: 'user', permission: 'members:write' });

export const invitationRoutes = {
  create: writing
    .input(CreateInvitationInput)
    .output(CreateInvitationOutput)
    .mutation(({ ctx, input }) => invite(ctx.service.stores, ctx, input)),

  list: procedure({ access: 'user', permission: 'members:read' })
    .input(NoInput)
    .output(ListInvitationsOutput)
    .query(async ({ ctx: { caller, service } }) => {
      const { database, clock } = service.stores;
      return { items: await listInvitations(database.db, caller.workspaceId, new Date(clock())) };
    }),

  revoke: writing
    .input(RevokeInvitationInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await withdraw(ctx.service.stores, ctx, input.id);
      return {};
    }),

  /** By whoever is invited, whichever workspace their session acts in; it goes on acting there. */
  accept: procedure({ access: 'user' })
    .input(AcceptInvitationInput)
    .output(AcceptInvitationOutput)
    .mutation(async ({ ctx: { caller, request, service }, input: { token } }) => {
      const { database, vault, credentials, clock, audit } = service.stores;
      const joined = await database.db.transaction(async (tx) => {
        const [user] = await tx.select().from(users).where(eq(users.id, caller.userId));
        if (!user) throw new Refusal('SESSION_ENDED');
        const accepted = await acceptInvitation(tx, vault, token, user, new Date(clock()));
        await requireLiveSession(tx, credentials, caller, clock());
        // In the chain of the workspace that was joined, whichever one the session acts in.
        const doing = { caller: { ...caller, workspaceId: accepted.workspaceId }, request };
        const after = { userId: user.id, role: accepted.role };
        await audit.record(tx, doing, {
          ...{ action: 'invitations.accept', kind: 'member' as const },
          ...{ subject: user.id, after },
        });
        return accepted;
      });
      credentials.changed({ user: caller.userId });
      const { workspaceId: id, name, role } = joined;
      return { workspace: { id, name, role } };
    }),
} satisfies TRPCRouterRecord;

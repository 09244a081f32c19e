import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../rpc/trpc.ts';
import { leave, listMembers, setRole } from './members.ts';
import { ListMembersInput, ListMembersOutput, NoInput, RemoveMemberInput, SetRoleInput } from './schemas.ts';

const writing = procedure({ access: 'user', permission: 'members:write' });
const Nothing = z.object({});

export const memberRoutes = {
  list: procedure({ access: 'user', permission: 'members:read' })
    .input(ListMembersInput)
    .output(ListMembersOutput)
    .query(({ ctx: { caller, service }, input }) =>
      listMembers(service.stores.database.db, caller.workspaceId, input ?? {}),
    ),

  setRole: writing
    .input(SetRoleInput)
    .output(Nothing)
    .mutation(async ({ ctx, input: { userId, role } }) => {
      await setRole(ctx.service.stores, ctx, userId, role);
      return {};
    }),

  remove: writing
    .input(RemoveMemberInput)
    .output(Nothing)
    .mutation(async ({ ctx, input }) => {
      await setRole(ctx.service.stores, ctx, input.userId, null);
      return {};
    }),

  /** Leaves the workspace that the session acts in. */
  leave: procedure({ access: 'user' })
    .input(NoInput)
    .output(Nothing)
    .mutation(async ({ ctx }) => {
      await leave(ctx.service.stores, ctx);
      return {};
    }),
} satisfies TRPCRouterRecord;

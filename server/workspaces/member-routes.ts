import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../rpc/trpc.ts';
import { leave, listMembers, setRole } from './members.ts';
import { ListMembersInput, ListMembersOutput, NoInput, RemoveMemberInput, SetRoleInput } from './schemas.ts';

const WRITING = { access: 'user', permission: 'members:write' } as const;
const Nothing = z.object({});

export const memberRoutes = {
  list: procedure({
    access: 'user',
    permission: 'members:read',
    description:
      'Who belongs to the workspace, by their ids: `{ userId, email, name, role, disabled, joinedAt }`. `limit` is 1 to 100, 50 without it; `nextCursor` is as for `keys.list`.',
    shapes: { input: '`{ limit?, cursor? }?`', answer: '`{ items, nextCursor }`' },
  })
    .input(ListMembersInput)
    .output(ListMembersOutput)
    .query(({ ctx: { caller, service }, input }) =>
      listMembers(service.stores.database.db, caller.workspaceId, input ?? {}),
    ),

  setRole: procedure({
    ...WRITING,
    description:
      "Gives a member another role; it holds from the next request on, for their keys too. Invitations and password links that they could not make any more are void for good. Neither the role that they have nor the one that they get is above the caller's own. The last owner stays one.",
    shapes: { input: "`{ userId, role: 'owner' | 'admin' | 'developer' | 'viewer' }`", answer: '`{ }`' },
    refusals: ['MEMBER_NOT_FOUND', 'ESCALATION_DENIED', 'CONFLICT'],
  })
    .input(SetRoleInput)
    .output(Nothing)
    .mutation(async ({ ctx, input: { userId, role } }) => {
      await setRole(ctx.service.stores, ctx, userId, role);
      return {};
    }),

  remove: procedure({
    ...WRITING,
    description:
      'Takes a member out of the workspace. Their keys are switched off and refused from then on, with `KEY_DISABLED`; those that belong to the workspace go on. Invitations and password links that they made, and links that were made for them, are void. None of it comes back with a new invitation: they switch each key on again themselves.',
    shapes: { input: '`{ userId }`', answer: '`{ }`' },
    refusals: ['MEMBER_NOT_FOUND', 'ESCALATION_DENIED', 'CONFLICT'],
  })
    .input(RemoveMemberInput)
    .output(Nothing)
    .mutation(async ({ ctx, input }) => {
      await setRole(ctx.service.stores, ctx, input.userId, null);
      return {};
    }),

  leave: procedure({
    access: 'user',
    description:
      'Takes the caller out of the workspace that the session acts in; their keys, invitations and links end as with `members.remove`. The last owner cannot leave.',
    shapes: { input: '`{ }?`', answer: '`{ }`' },
    refusals: ['CONFLICT'],
  })
    .input(NoInput)
    .output(Nothing)
    .mutation(async ({ ctx }) => {
      await leave(ctx.service.stores, ctx);
      return {};
    }),
} satisfies TRPCRouterRecord;

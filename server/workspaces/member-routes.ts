import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../rpc/trpc.ts';
import { EXAMPLE_MEMBER } from './examples.ts';
import { leave, listMembers, setRole } from './members.ts';
import { ListMembersInput, ListMembersOutput, NoInput, RemoveMemberInput, SetRoleInput } from './schemas.ts';

const WRITE_GUARD = { access: 'user', permission: 'members:write', stepUp: true } as const;
const Nothing = z.object({});

export const memberRoutes = {
  list: procedure({
    access: 'user',
    permission: 'members:read',
    description:
      'Lists the members of the workspace, by id: `{ userId, email, name, role, disabled, joinedAt }`. `limit` is 1 to 100, default 50; `nextCursor` works as in `keys.list`.',
    shapes: { input: '`{ limit?, cursor? }?`', output: '`{ items, nextCursor }`' },
    example: { input: { limit: 20 }, output: { items: [EXAMPLE_MEMBER], nextCursor: null } },
  })
    .input(ListMembersInput)
    .output(ListMembersOutput)
    .query(({ ctx: { caller, service }, input }) =>
      listMembers(service.stores.database.db, caller.workspaceId, input ?? {}),
    ),

  setRole: procedure({
    ...WRITE_GUARD,
    description:
      "Gives a member another role, which applies from the next request on, to their keys too. Their invitations and password links that the new role cannot create become void permanently. Neither the old nor the new role may be above the caller's own. The last owner cannot get another role.",
    shapes: { input: "`{ userId, role: 'owner' | 'admin' | 'developer' | 'viewer' }`", output: '`{ }`' },
    refusals: ['MEMBER_NOT_FOUND', 'ESCALATION_DENIED', 'CONFLICT'],
    example: { input: { userId: EXAMPLE_MEMBER.userId, role: 'admin' }, output: {} },
  })
    .input(SetRoleInput)
    .output(Nothing)
    .mutation(async ({ ctx, input: { userId, role } }) => {
      await setRole(ctx.service.stores, ctx, userId, role);
      return {};
    }),

  remove: procedure({
    ...WRITE_GUARD,
    description:
      'Removes a member from the workspace. Their keys are disabled and refused from then on, with `KEY_DISABLED`; keys that belong to the workspace keep working. Invitations and password links that they created, and links that were created for them, become void. A new invitation restores none of this: they must enable each of their keys again.',
    shapes: { input: '`{ userId }`', output: '`{ }`' },
    refusals: ['MEMBER_NOT_FOUND', 'ESCALATION_DENIED', 'CONFLICT'],
    example: { input: { userId: EXAMPLE_MEMBER.userId }, output: {} },
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
      'Removes the caller from the workspace that the session acts in; their keys, invitations and links end as with `members.remove`. The last owner cannot leave. A member may leave even if their sign-in does not meet the rule of the workspace.',
    shapes: { input: '`{ }?`', output: '`{ }`' },
    refusals: ['CONFLICT'],
    example: { input: {}, output: {} },
  })
    .input(NoInput)
    .output(Nothing)
    .mutation(async ({ ctx }) => {
      await leave(ctx.service.stores, ctx);
      return {};
    }),
} satisfies TRPCRouterRecord;

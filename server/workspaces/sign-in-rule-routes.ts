import type { TRPCRouterRecord } from '@trpc/server';
import { EXAMPLE_WORKSPACE_ID } from '../lib/example-values.ts';
import { procedure } from '../rpc/trpc.ts';
import { changeWorkspace, type LockedWorkspace } from './change-workspace.ts';
import { UpdateWorkspaceInput, UpdateWorkspaceOutput } from './schemas.ts';
import { changeSignInRule } from './sign-in-rule.ts';

/** How the sessions that act in a workspace must have signed in. */
export const signInRuleRoutes = {
  update: procedure({
    access: 'user',
    // Only owners have it.
    permission: 'workspaces:delete',
    stepUp: true,
    description:
      'Sets how sessions that act in the workspace must have signed in: with a second factor (a code, or a sign-in with an identity provider that asked for one), with one identity provider (by the name that the operator gave it), or both. What is left out stays as it is; `issuer: null` accepts every sign-in. As of the next request, every instance refuses a session that does not meet the rule with `SIGN_IN_RULE`, by itself or with a key; it can still manage its account, select another workspace, and leave this one. Keys by themselves are not affected. The call itself fails with `SIGN_IN_RULE` if the calling session does not meet the new rule. See [Teams](teams.md#rules-for-signing-in).',
    shapes: {
      input: '`{ signIn: { secondFactor?, issuer? } }`',
      output: '`{ id, signIn: { secondFactor, issuer } }`',
    },
    refusals: ['SIGN_IN_RULE'],
    example: {
      input: { signIn: { secondFactor: true } },
      output: { id: EXAMPLE_WORKSPACE_ID, signIn: { secondFactor: true, issuer: null } },
    },
  })
    .input(UpdateWorkspaceInput)
    .output(UpdateWorkspaceOutput)
    .mutation(async ({ ctx, input }) => {
      const { stores } = ctx.service;
      const change = async (locked: LockedWorkspace) => ({
        id: locked.workspace.id,
        signIn: await changeSignInRule(stores, locked, input.signIn),
      });
      const changed = await changeWorkspace(
        stores,
        ctx,
        { permission: 'workspaces:delete', stepUp: true },
        change,
      );
      stores.credentials.changed({ workspace: changed.id });
      return changed;
    }),
} satisfies TRPCRouterRecord;

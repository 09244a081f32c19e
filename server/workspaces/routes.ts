import type { TRPCRouterRecord } from '@trpc/server';
import { eq } from 'drizzle-orm';
import { workspaces as table } from '../../drizzle/schema/workspaces.ts';
import { requireLiveSession } from '../gate/lock-caller.ts';
import { isoOrEpoch } from '../lib/clock.ts';
import { EXAMPLE_USER } from '../lib/example-values.ts';
import { Refusal } from '../lib/refusal.ts';
import { deleteWorkspace, insertWorkspace } from '../membership/workspaces.ts';
import { procedure } from '../rpc/trpc.ts';
import { workspaceTurnOf } from '../rpc/workspace-turn.ts';
import { signInRuleOf } from '../stores/credentials/sign-in-method.ts';
import { beginSponsorship, sponsorOf } from '../stores/credentials/sponsors.ts';
import { changeWorkspace, type LockedWorkspace } from './change-workspace.ts';
import { contentsOf } from './contents.ts';
import { EXAMPLE_CONTENTS, EXAMPLE_WORKSPACE } from './examples.ts';
import {
  CreateWorkspaceInput,
  DeleteWorkspaceInput,
  DeleteWorkspaceOutput,
  ListWorkspacesOutput,
  NoInput,
  RenameWorkspaceInput,
  SelectWorkspaceInput,
  Workspace,
  WorkspaceDetails,
} from './schemas.ts';
import { signInRuleRoutes } from './sign-in-rule-routes.ts';
import { findWorkspace, listWorkspaces, selectWorkspace } from './workspaces.ts';

/** A user's actions on workspaces, whichever one their session acts in. */
const USER_GUARD = { access: 'user' } as const;

export const workspaceRoutes = {
  list: procedure({
    ...USER_GUARD,
    description:
      'Lists the workspaces that the caller belongs to, in the order of joining: `{ id, name, createdAt, role, active }`. The session acts in the one that is `active`; none is active if the caller has left that one.',
    shapes: { input: '`{ }?`', output: '`{ items }`' },
    example: { input: {}, output: { items: [EXAMPLE_WORKSPACE] } },
  })
    .input(NoInput)
    .output(ListWorkspacesOutput)
    .query(async ({ ctx: { caller, service } }) => ({
      items: await listWorkspaces(service.stores.database.db, caller),
    })),

  create: procedure({
    ...USER_GUARD,
    description:
      'Creates a workspace that the caller owns. The session stays in its workspace. A user belongs to at most a hundred workspaces.',
    shapes: { input: '`{ name }`', output: '`workspace`' },
    refusals: ['CONFLICT'],
    example: {
      input: { name: EXAMPLE_WORKSPACE.name },
      output: { ...EXAMPLE_WORKSPACE, active: false },
    },
  })
    .input(CreateWorkspaceInput)
    .output(Workspace)
    .mutation(async ({ ctx: { caller, request, service }, input: { name } }) => {
      const { writes, credentials, clock, audit } = service.stores;
      const now = new Date(clock());
      const id = await writes.transaction(caller.session.payer, async (tx) => {
        const made = await insertWorkspace(tx, name, caller.userId, now);
        await requireLiveSession(tx, service.stores, caller);
        const actor = { caller: { ...caller, workspaceId: made }, request };
        const after = { name, ownerId: caller.userId };
        await audit.record(tx, actor, {
          action: 'workspaces.create',
          kind: 'workspace' as const,
          subject: made,
          after,
        });
        return made;
      });
      credentials.changed({ user: caller.userId });
      return { id, name, createdAt: now.toISOString(), role: 'owner' as const, active: false };
    }),

  select: procedure({
    ...USER_GUARD,
    description: "Lets the session act in another of the caller's workspaces, from the next request on.",
    shapes: { input: '`{ id }`', output: '`workspace`' },
    refusals: ['WORKSPACE_NOT_FOUND'],
    example: { input: { id: EXAMPLE_WORKSPACE.id }, output: EXAMPLE_WORKSPACE },
  })
    .input(SelectWorkspaceInput)
    .output(Workspace)
    .mutation(async ({ ctx, input: { id } }) => {
      const { caller, service } = ctx;
      await selectWorkspace(service.stores, ctx, id);
      const all = await listWorkspaces(service.stores.database.db, { ...caller, workspaceId: id });
      const selected = all.find((workspace) => workspace.id === id);
      if (!selected) throw new Refusal('WORKSPACE_NOT_FOUND');
      return selected;
    }),

  get: procedure({
    access: 'user',
    permission: 'members:read',
    description:
      'Returns the workspace that the session acts in, and the number of things that its deletion would remove: members, keys that are not revoked (and how many of them belong to no user), open invitations. `signIn` is its rule for signing in: see `workspaces.update`. `sponsorId` is the owner whose share of the capacity it uses, or null.',
    shapes: {
      input: '`{ }?`',
      output:
        '`{ id, name, createdAt, role, active, members, keys, serviceKeys, invitations, signIn, sponsorId }`',
    },
    example: {
      input: {},
      output: {
        ...EXAMPLE_WORKSPACE,
        ...EXAMPLE_CONTENTS,
        signIn: { secondFactor: false, issuer: null },
        sponsorId: EXAMPLE_USER.id,
      },
    },
  })
    .input(NoInput)
    .output(WorkspaceDetails)
    .query(async ({ ctx }) => {
      const { caller, service } = ctx;
      const { database, clock } = service.stores;
      const workspace = await findWorkspace(database.db, caller.workspaceId);
      const { id, name, createdAt } = workspace;
      return {
        id,
        name,
        createdAt: isoOrEpoch(createdAt),
        role: caller.role,
        active: true,
        signIn: signInRuleOf(workspace),
        sponsorId: sponsorOf(workspace),
        ...(await contentsOf(database.db, id, new Date(clock()), workspaceTurnOf(ctx))),
      };
    }),

  rename: procedure({
    access: 'user',
    permission: 'workspaces:write',
    description: 'Renames the workspace.',
    shapes: { input: '`{ name }`', output: '`workspace`' },
    example: { input: { name: EXAMPLE_WORKSPACE.name }, output: EXAMPLE_WORKSPACE },
  })
    .input(RenameWorkspaceInput)
    .output(Workspace)
    .mutation(({ ctx, input: { name } }) =>
      changeWorkspace(
        ctx.service.stores,
        ctx,
        { permission: 'workspaces:write' },
        async ({ tx, workspace, role, record }) => {
          await tx.update(table).set({ name }).where(eq(table.id, workspace.id));
          const { id, createdAt } = workspace;
          const changed = {
            kind: 'workspace',
            subject: id,
            before: workspace,
            after: { ...workspace, name },
          } as const;
          await record({ action: 'workspaces.rename', ...changed });
          return { id, name, createdAt: isoOrEpoch(createdAt), role, active: true };
        },
      ),
    ),

  ...signInRuleRoutes,

  sponsor: procedure({
    access: 'user',
    // Only owners have it.
    permission: 'workspaces:delete',
    description:
      "Makes the caller the sponsor of the workspace that the session acts in, if it has none: from then on it uses the caller's share of the capacity. Refuses with `CONFLICT` if someone else sponsors it.",
    shapes: { input: '`{ }?`', output: '`workspace`' },
    refusals: ['CONFLICT'],
    example: { input: {}, output: EXAMPLE_WORKSPACE },
  })
    .input(NoInput)
    .output(Workspace)
    .mutation(async ({ ctx }) => {
      const { stores } = ctx.service;
      const { userId } = ctx.caller;
      const options = { permission: 'workspaces:delete' } as const;
      const sponsored = await changeWorkspace(stores, ctx, options, async (change) => {
        const { tx, workspace, role, record } = change;
        if (!(await beginSponsorship(tx, workspace, userId))) throw new Refusal('CONFLICT');
        const { id, name, createdAt } = workspace;
        const before = { ...workspace, sponsorId: sponsorOf(workspace) };
        const changed = {
          kind: 'workspace',
          subject: id,
          before,
          after: { ...before, sponsorId: userId },
        } as const;
        await record({ action: 'workspaces.sponsor', ...changed });
        return { id, name, createdAt: isoOrEpoch(createdAt), role, active: true };
      });
      stores.credentials.changed({ workspace: sponsored.id });
      return sponsored;
    }),

  /** Revokes its keys and removes its members, at once. Refuses with CONFLICT if `name` is not its name. */
  delete: procedure({
    access: 'user',
    permission: 'workspaces:delete',
    stepUp: true,
    description:
      'Deletes the workspace that the session acts in: its keys are revoked, its invitations withdrawn, and all memberships end, at once. `name` must be its exact name, to prevent the deletion of the wrong one. The response counts what was deleted. It cannot be undone.',
    shapes: { input: '`{ name }`', output: '`{ id, members, keys, serviceKeys, invitations }`' },
    refusals: ['CONFLICT'],
    example: {
      input: { name: EXAMPLE_WORKSPACE.name },
      output: { id: EXAMPLE_WORKSPACE.id, ...EXAMPLE_CONTENTS },
    },
  })
    .input(DeleteWorkspaceInput)
    .output(DeleteWorkspaceOutput)
    .mutation(async ({ ctx, input }) => {
      const { stores } = ctx.service;
      const { db } = stores.database;
      const { id, name } = await findWorkspace(db, ctx.caller.workspaceId);
      if (input.name !== name) throw new Refusal('CONFLICT');
      const contents = await contentsOf(db, id, new Date(stores.clock()), workspaceTurnOf(ctx));
      const erase = async ({ tx, workspace, now, record }: LockedWorkspace) => {
        if (input.name !== workspace.name) throw new Refusal('CONFLICT');
        await deleteWorkspace(tx, workspace.id, now);
        const gone = { kind: 'workspace', subject: workspace.id, before: workspace } as const;
        await record({ action: 'workspaces.delete', ...gone });
      };
      await changeWorkspace(stores, ctx, { permission: 'workspaces:delete', stepUp: true }, erase);
      stores.credentials.changed({ workspace: id });
      return { id, ...contents };
    }),
} satisfies TRPCRouterRecord;

import { z } from 'zod';
import { ROLES } from '../../shared/roles.ts';
import { Email, Id, LinkToken, Name, Text } from '../lib/schemas.ts';

const RoleName = z.enum(ROLES);

export const NoInput = z.strictObject({}).optional();

/** A workspace as one of its members sees it. */
export const Workspace = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: z.string(),
    role: RoleName,
    active: z.boolean().describe('Whether the session acts in it.'),
  })
  .meta({ id: 'Workspace' });

export const ListWorkspacesOutput = z.object({ items: z.array(Workspace) });
export const CreateWorkspaceInput = z.strictObject({ name: Name });
export const RenameWorkspaceInput = z.strictObject({ name: Name });
export const SelectWorkspaceInput = z.strictObject({ id: Id });

/** How sessions that act in a workspace must have signed in. */
const Rule = z.object({
  secondFactor: z.boolean().describe('Whether members must have signed in with a second factor.'),
  issuer: z
    .string()
    .nullable()
    .describe(
      'The name of the identity provider with which members must have signed in; null for any sign-in.',
    ),
});

export const UpdateWorkspaceInput = z.strictObject({
  signIn: z
    .strictObject({ secondFactor: z.boolean().optional(), issuer: Text.min(1).max(32).nullable().optional() })
    .refine(
      ({ secondFactor, issuer }) => secondFactor !== undefined || issuer !== undefined,
      'changes nothing',
    )
    .describe('A rule that changes nothing is refused.'),
});
export const UpdateWorkspaceOutput = z.object({ id: z.string(), signIn: Rule });

/** The workspace in which the session acts, with what its deletion would remove. */
export const WorkspaceDetails = Workspace.extend({
  members: z.int(),
  keys: z.int().describe('Keys that are not revoked.'),
  serviceKeys: z.int().describe('How many of these keys belong to no user.'),
  invitations: z.int().describe('Open invitations.'),
  signIn: Rule,
  sponsorId: z
    .string()
    .nullable()
    .describe(
      'The owner whose share of the capacity the workspace uses; null if it uses the share that all workspaces without a sponsor have together.',
    ),
});

/** The exact name of the workspace, as a confirmation. */
export const DeleteWorkspaceInput = z.strictObject({ name: Text.max(100) });
export const DeleteWorkspaceOutput = z.object({
  id: z.string(),
  members: z.int(),
  keys: z.int(),
  serviceKeys: z.int(),
  invitations: z.int(),
});

const Member = z.object({
  userId: z.string(),
  email: z.string(),
  name: z.string(),
  role: RoleName,
  disabled: z.boolean(),
  joinedAt: z.string(),
});

export const ListMembersInput = z
  .strictObject({
    limit: z.int().min(1).max(100).optional(),
    cursor: Id.optional().describe('`nextCursor` of the previous page.'),
  })
  .optional();
export const ListMembersOutput = z.object({ items: z.array(Member), nextCursor: z.string().nullable() });
export const SetRoleInput = z.strictObject({ userId: Id, role: RoleName });
export const RemoveMemberInput = z.strictObject({ userId: Id });

export const Invitation = z
  .object({
    id: z.string(),
    email: z.string(),
    role: RoleName,
    invitedBy: z.string(),
    createdAt: z.string(),
    expiresAt: z.string(),
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof Invitation>;

export const CreateInvitationInput = z.strictObject({ email: Email, role: RoleName });
export const CreateInvitationOutput = z.object({
  invitation: Invitation,
  token: z.string().describe('Shown only here.'),
});
export const ListInvitationsOutput = z.object({ items: z.array(Invitation) });
export const RevokeInvitationInput = z.strictObject({ id: Id });
export const PreviewInvitationInput = z.strictObject({ token: LinkToken });
export const PreviewInvitationOutput = z.object({
  workspaceName: z.string(),
  inviterName: z.string(),
  email: z.string(),
  role: RoleName,
  expiresAt: z.string(),
});
export const AcceptInvitationInput = z.strictObject({ token: LinkToken });
export const AcceptInvitationOutput = z.object({
  workspace: z.object({ id: z.string(), name: z.string(), role: RoleName }),
});

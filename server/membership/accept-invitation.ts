import { and, eq, inArray, isNull } from 'drizzle-orm';
import { users } from '../../drizzle/schema/accounts.ts';
import { invitations, memberships } from '../../drizzle/schema/memberships.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import type { Role } from '../../shared/roles.ts';
import { Refusal } from '../lib/refusal.ts';
import { mayManage } from '../stores/credentials/may-manage.ts';
import type { Db } from '../stores/database/database.ts';
import { isFutureSql } from '../stores/database/is-future.ts';
import { lockUsers, lockWorkspace } from '../stores/database/locks.ts';
import { hashesOf } from '../stores/secrets/link-tokens.ts';
import type { Vault } from '../stores/secrets/vault.ts';
import type { Stores } from '../stores/stores.ts';
import { addMember, memberOf } from './members.ts';

/** The pending invitations. */
export const isPending = (now: Date) =>
  and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt), isFutureSql(invitations.expiresAt, now));

/** The membership that an invitation gave. */
interface NewMembership {
  readonly workspaceId: string;
  readonly name: string;
  readonly role: Role;
}

/** What the holder of an invitation's token may see of it before they accept it. */
export interface PendingInvitation {
  readonly workspaceName: string;
  readonly inviterName: string;
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: Date;
}

/**
 * Finds the open invitation of a token without using it; null if there is none, if its workspace is deleted, or if its
 * author may no longer invite: as `acceptInvitation` refuses it.
 */
export async function findInvitation(
  db: Db,
  vault: Vault,
  token: string,
  now: Date,
): Promise<PendingInvitation | null> {
  const [row] = await db
    .select({
      email: invitations.email,
      role: invitations.role,
      expiresAt: invitations.expiresAt,
      workspaceName: workspaces.name,
      inviterName: users.name,
      userId: users.id,
      inviterRole: memberships.role,
      disabledAt: users.disabledAt,
    })
    .from(invitations)
    .innerJoin(workspaces, and(eq(workspaces.id, invitations.workspaceId), isNull(workspaces.deletedAt)))
    .innerJoin(users, eq(users.id, invitations.invitedBy))
    .innerJoin(
      memberships,
      and(
        eq(memberships.userId, invitations.invitedBy),
        eq(memberships.workspaceId, invitations.workspaceId),
        isNull(memberships.removedAt),
      ),
    )
    .where(isPendingFor(vault, token, now));
  if (!row) return null;
  const { userId, inviterRole, disabledAt, ...invitation } = row;
  const inviter = { userId, role: inviterRole, disabled: disabledAt !== null };
  return mayManage(inviter, invitation.role) ? invitation : null;
}

/**
 * Uses an invitation: the user becomes a member of the workspace.
 * Refuses with INVITATION_INVALID for every cause, so that a caller without a valid token learns nothing: the token is
 * unknown, used, withdrawn, expired or for another email address, its workspace is deleted, or its author may no longer invite.
 * Refuses with CONFLICT a user who is already a member.
 */
export async function acceptInvitation(
  tx: Db,
  { vault, clock }: Pick<Stores, 'vault' | 'clock'>,
  token: string,
  person: { readonly id: string; readonly email: string },
): Promise<NewMembership> {
  const [found] = await tx
    .select()
    .from(invitations)
    .where(and(isPendingFor(vault, token, new Date(clock())), eq(invitations.email, person.email)));
  const workspace = found && (await lockWorkspace(tx, found.workspaceId, 'no key update'));
  if (!found || !workspace) throw new Refusal('INVITATION_INVALID');
  // The locks keep both enabled until the commit, so that the inviter's right is current then.
  await lockUsers(
    tx,
    new Map([
      [found.invitedBy, 'share'],
      [person.id, 'no key update'],
    ]),
  );
  const inviter = await memberOf(tx, workspace.id, found.invitedBy);
  if (!mayManage(inviter, found.role)) throw new Refusal('INVITATION_INVALID');
  // The locks may have taken seconds.
  const now = new Date(clock());
  const spent = await tx
    .update(invitations)
    .set({ acceptedAt: now })
    .where(and(eq(invitations.id, found.id), isPending(now)))
    .returning({ id: invitations.id });
  if (spent.length === 0) throw new Refusal('INVITATION_INVALID');
  await addMember(tx, { workspaceId: workspace.id, userId: person.id, role: found.role, now });
  return { workspaceId: workspace.id, name: workspace.name, role: found.role };
}

const isPendingFor = (vault: Vault, token: string, now: Date) =>
  and(inArray(invitations.tokenHash, hashesOf(vault, 'invitation', token)), isPending(now));

import { and, count, desc, eq, isNull } from 'drizzle-orm';
import { users } from '../../drizzle/schema/accounts.ts';
import { invitations, memberships } from '../../drizzle/schema/memberships.ts';
import { DAY_MS } from '../../shared/durations.ts';
import { outranks, type Role } from '../../shared/roles.ts';
import type { SessionUserCaller } from '../gate/caller/caller.ts';
import { unauthenticatedCaller } from '../gate/request/throttle.ts';
import { isoOrEpoch } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import { findInvitation, isPending, type PendingInvitation } from '../membership/accept-invitation.ts';
import { memberOf } from '../membership/members.ts';
import type { Service } from '../rpc/trpc.ts';
import type { AuditActor } from '../stores/audit/audit.ts';
import { mayManage } from '../stores/credentials/may-manage.ts';
import type { Db } from '../stores/database/database.ts';
import { isIssuedToken, newLink } from '../stores/secrets/link-tokens.ts';
import { newInvitationId } from '../stores/secrets/random-ids.ts';
import type { Stores } from '../stores/stores.ts';
import { changeWorkspace, type LockedWorkspace } from './change-workspace.ts';
import type { Invitation } from './schemas.ts';

/** How long an invitation is valid, in milliseconds. */
const LIFETIME_MS = 7 * DAY_MS;
/** How many open invitations one workspace may have. */
const MAX_PENDING = 200;

type Row = typeof invitations.$inferSelect;
type ByPerson = AuditActor & { readonly caller: SessionUserCaller };

const viewOf = ({ id, email, role, invitedBy, createdAt, expiresAt }: Row): Invitation => ({
  id,
  email,
  role,
  invitedBy,
  createdAt: isoOrEpoch(createdAt),
  expiresAt: isoOrEpoch(expiresAt),
});

/**
 * Invites an e-mail address, and withdraws an open invitation for the same email address.
 * @throws Refusal ESCALATION_DENIED for a role above the caller's own; CONFLICT if the invited user is a member already, or
 *   if too many invitations are open
 */
export async function invite(
  stores: Stores,
  actor: ByPerson,
  { email, role }: { readonly email: string; readonly role: Role },
): Promise<{ invitation: Invitation; token: string }> {
  const change = async ({ tx, workspace, role: inviterRole, now, record }: LockedWorkspace) => {
    if (outranks(role, inviterRole)) throw new Refusal('ESCALATION_DENIED', { missing: role });
    const inIt = and(eq(invitations.workspaceId, workspace.id), isPending(now));
    await tx
      .update(invitations)
      .set({ revokedAt: now })
      .where(and(inIt, eq(invitations.email, email)));
    const [pending] = await tx.select({ n: count() }).from(invitations).where(inIt);
    const belongs = await isMember(tx, workspace.id, email);
    if (belongs || (pending?.n ?? 0) >= MAX_PENDING) throw new Refusal('CONFLICT');
    const { token, ...kept } = newLink(stores.vault, 'invitation');
    const row = {
      id: newInvitationId(),
      workspaceId: workspace.id,
      role,
      email,
      ...kept,
      invitedBy: actor.caller.userId,
      acceptedAt: null,
      revokedAt: null,
      createdAt: now,
      expiresAt: new Date(now.getTime() + LIFETIME_MS),
    };
    await tx.insert(invitations).values(row);
    await record({ action: 'invitations.create', kind: 'invitation', subject: row.id, after: row });
    return { invitation: viewOf(row), token };
  };
  return changeWorkspace(stores, actor, { permission: 'members:write', stepUp: true }, change);
}

/** The account first: a planner without statistics would try every member. */
async function isMember(tx: Db, workspaceId: string, email: string): Promise<boolean> {
  const [user] = await tx.select({ id: users.id }).from(users).where(eq(users.email, email));
  return user !== undefined && (await memberOf(tx, workspaceId, user.id)) !== null;
}

/** The open invitations that can still be accepted, the newest first. */
export async function listInvitations(db: Db, workspaceId: string, now: Date): Promise<Invitation[]> {
  const rows = await db
    .select({ invitation: invitations, role: memberships.role, disabledAt: users.disabledAt })
    .from(invitations)
    .innerJoin(users, eq(users.id, invitations.invitedBy))
    .innerJoin(
      memberships,
      and(
        eq(memberships.userId, invitations.invitedBy),
        eq(memberships.workspaceId, invitations.workspaceId),
        isNull(memberships.removedAt),
      ),
    )
    .where(and(eq(invitations.workspaceId, workspaceId), isPending(now)))
    .orderBy(desc(invitations.createdAt), desc(invitations.id))
    .limit(MAX_PENDING);
  return rows
    .filter(({ invitation, role, disabledAt }) =>
      mayManage({ userId: invitation.invitedBy, role, disabled: disabledAt !== null }, invitation.role),
    )
    .map(({ invitation }) => viewOf(invitation));
}

/**
 * Reads an invitation for the holder of its token, without using it. A token that was never issued uses the lookups of
 * unauthenticated callers.
 * @param address the caller's IP address; null if it is unknown
 * @throws Refusal INVITATION_INVALID for every cause; TOO_MANY_FAILURES
 */
export async function readInvitation(
  { stores: { database, vault, clock }, gate }: Service,
  token: string,
  address: string | null,
): Promise<PendingInvitation> {
  const read = () => findInvitation(database.db, vault, token, new Date(clock()));
  const issued = isIssuedToken(vault, 'invitation', token);
  const found = await gate.lookups.readByToken(unauthenticatedCaller(address), token, issued, read);
  if (!found) throw new Refusal('INVITATION_INVALID');
  return found;
}

/**
 * Withdraws an open invitation.
 * @throws Refusal INVITATION_NOT_FOUND, including for invitations of other workspaces
 */
export async function withdraw(stores: Stores, actor: ByPerson, id: string): Promise<void> {
  const options = { permission: 'members:write' } as const;
  await changeWorkspace(stores, actor, options, async ({ tx, workspace, now, record }) => {
    const withdrawn = await tx
      .update(invitations)
      .set({ revokedAt: now })
      .where(and(eq(invitations.id, id), eq(invitations.workspaceId, workspace.id), isPending(now)))
      .returning({ id: invitations.id });
    if (withdrawn.length === 0) throw new Refusal('INVITATION_NOT_FOUND');
    const [before, after] = [{ revokedAt: null }, { revokedAt: now }];
    await record({ action: 'invitations.revoke', kind: 'invitation', subject: id, before, after });
  });
}

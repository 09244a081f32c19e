import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { users } from '../../drizzle/schema/accounts.ts';
import { memberships } from '../../drizzle/schema/memberships.ts';
import { outranks, type Role } from '../../shared/roles.ts';
import type { SessionUserCaller } from '../gate/caller/caller.ts';
import { isoOrEpoch } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import { changeMember, memberOf, otherMembersOf } from '../membership/members.ts';
import type { AuditActor } from '../stores/audit/audit.ts';
import type { EndedSponsorship } from '../stores/credentials/sponsors.ts';
import type { Db } from '../stores/database/database.ts';
import type { Stores } from '../stores/stores.ts';
import { changeWorkspace, type LockedWorkspace } from './change-workspace.ts';

type ByPerson = AuditActor & { readonly caller: SessionUserCaller };

/** A page of a workspace's members, sorted by id. */
export async function listMembers(
  db: Db,
  workspaceId: string,
  { limit = 50, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
) {
  const rows = await db
    .select({ member: memberships, user: users })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, workspaceId),
        isNull(memberships.removedAt),
        cursor === undefined ? undefined : gt(memberships.userId, cursor),
      ),
    )
    .orderBy(asc(memberships.userId))
    .limit(limit + 1);
  const items = rows.slice(0, limit).map(({ member, user }) => ({
    userId: user.id,
    email: user.email,
    name: user.name,
    role: member.role,
    disabled: user.disabledAt !== null,
    joinedAt: isoOrEpoch(member.createdAt),
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.userId ?? null) : null };
}

/**
 * Changes a member's role, or removes the member if the role is null.
 * @throws Refusal MEMBER_NOT_FOUND; ESCALATION_DENIED if the member's old or new role is above the caller's own;
 *   CONFLICT if the workspace would have no owner
 */
export async function setRole(
  stores: Stores,
  actor: ByPerson,
  userId: string,
  role: Role | null,
): Promise<void> {
  const change = async (locked: LockedWorkspace) => {
    const { tx, workspace, now } = locked;
    const member = await memberOf(tx, workspace.id, userId);
    if (!member) throw new Refusal('MEMBER_NOT_FOUND');
    const above = [member.role, role].find(
      (affected) => affected !== null && outranks(affected, locked.role),
    );
    if (above) throw new Refusal('ESCALATION_DENIED', { missing: above });
    if (role === member.role) return;
    if (member.role === 'owner') await leaveAnOwner(tx, workspace.id, userId);
    const sponsorship = await changeMember(tx, { workspaceId: workspace.id, userId, role, now });
    const action = role === null ? 'members.remove' : 'members.setRole';
    await locked.record({ action, ...changeOf(userId, [member.role, role], sponsorship, now) });
  };
  await changeWorkspace(stores, actor, { permission: 'members:write', stepUp: true }, change);
  stores.credentials.changed({ user: userId, workspace: actor.caller.workspaceId });
}

/**
 * Removes the caller from the workspace, even if their sign-in does not meet its rule.
 * @throws Refusal CONFLICT for its last owner
 */
export async function leave(stores: Stores, actor: ByPerson): Promise<void> {
  const { userId } = actor.caller;
  const change = async ({ tx, workspace, role, now, record }: LockedWorkspace) => {
    if (role === 'owner') await leaveAnOwner(tx, workspace.id, userId);
    const sponsorship = await changeMember(tx, { workspaceId: workspace.id, userId, role: null, now });
    await record({ action: 'members.leave', ...changeOf(userId, [role, null], sponsorship, now) });
  };
  await changeWorkspace(stores, actor, { permission: null, despiteRule: true }, change);
  stores.credentials.changed({ user: userId, workspace: actor.caller.workspaceId });
}

/** A change of a member, for the audit log. */
function changeOf(
  userId: string,
  [was, is]: readonly [Role, Role | null],
  sponsorship: EndedSponsorship,
  now: Date,
) {
  const before = { role: was, removedAt: null, ...sponsorship.before };
  const after = { role: is ?? was, removedAt: is === null ? now : null, ...sponsorship.after };
  return { kind: 'member', subject: userId, before, after } as const;
}

async function leaveAnOwner(tx: Db, workspaceId: string, userId: string): Promise<void> {
  if (!(await otherMembersOf(tx, workspaceId, userId)).hasOwners) throw new Refusal('CONFLICT');
}

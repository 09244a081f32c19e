import { and, eq, inArray, isNull, or } from 'drizzle-orm';
import { passwordResets, users } from '../../../drizzle/schema/accounts.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import { invitations } from '../../../drizzle/schema/memberships.ts';
import { ROLES, type Role } from '../../../shared/roles.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Db } from '../database/database.ts';
import { lockKeys } from '../database/locks.ts';
import { raiseRev } from '../database/rev.ts';
import { mayManage } from './may-manage.ts';

/** A user, and a workspace that they belong to or have left. */
export interface PersonInWorkspace {
  readonly workspaceId: string;
  readonly userId: string;
}

/** A member of a workspace that is locked `for no key update`, with their new role; null for none. */
interface LostRights extends PersonInWorkspace {
  readonly role: Role | null;
  readonly now: Date;
}

/**
 * Ends permanently what depends on a right that a member loses: invitations that their new role could not make, password
 * links that they made, and, if they leave, links for them and invitations to them. None of it comes back with a later role or
 * invitation. Their own keys may be many: the end of the membership refuses them, and its caller disables them.
 */
export async function endDelegated(tx: Db, rights: LostRights): Promise<void> {
  await revokeInvitations(tx, rights);
  await revokePasswordLinks(tx, rights);
}

/**
 * Revokes invitations that the member made, and those to a member who leaves: they may have joined otherwise, by the rules of an
 * issuer, and would return with the role of an invitation from before.
 */
async function revokeInvitations(tx: Db, { workspaceId, userId, role, now }: LostRights): Promise<void> {
  const { invitedBy, email, acceptedAt, revokedAt } = invitations;
  const manager = role === null ? null : { userId, role, disabled: false };
  const lost = ROLES.filter((invited) => !mayManage(manager, invited));
  const theirAddress = tx.select({ email: users.email }).from(users).where(eq(users.id, userId));
  // In separate statements, so that each finds its rows by an index.
  const ended = [
    ...(lost.length === 0 ? [] : [and(eq(invitedBy, userId), inArray(invitations.role, lost))]),
    ...(role === null ? [eq(email, theirAddress)] : []),
  ];
  const pending = and(eq(invitations.workspaceId, workspaceId), isNull(acceptedAt), isNull(revokedAt));
  for (const which of ended) await tx.update(invitations).set({ revokedAt: now }).where(and(pending, which));
}

/** Revokes links in every workspace: whether a link is valid depends on all workspaces that its author and its user share. */
async function revokePasswordLinks(tx: Db, { userId, role, now }: LostRights): Promise<void> {
  const { madeBy, userId: person } = passwordResets;
  const lost = [
    ...(role === 'owner' ? [] : [eq(madeBy, userId)]),
    ...(role === null ? [eq(person, userId)] : []),
  ];
  if (lost.length === 0) return;
  await tx
    .update(passwordResets)
    .set({ spentAt: now })
    .where(and(isNull(passwordResets.spentAt), or(...lost)));
}

/** Too many keys of an earlier membership are still enabled, so the user cannot join within the transaction. */
export class FormerKeysLeft extends Refusal {
  readonly person: PersonInWorkspace;

  constructor(person: PersonInWorkspace) {
    super('UNAVAILABLE', { retryAfter: 1 }, 'the keys of the earlier membership are being disabled');
    this.person = person;
  }
}

/**
 * Disables a limited number of a user's keys in a workspace, until the user enables each again as a member.
 * @returns whether there may be more
 */
export async function disableSomeKeysOf(
  tx: Db,
  { workspaceId, userId }: PersonInWorkspace,
  most: number,
): Promise<boolean> {
  const enabled = and(
    eq(keys.workspaceId, workspaceId),
    eq(keys.ownerId, userId),
    eq(keys.enabled, true),
    isNull(keys.revokedAt),
  );
  const some = await tx.select({ id: keys.id }).from(keys).where(enabled).limit(most);
  if (some.length === 0) return false;
  const ids = some.map(({ id }) => id);
  const which = and(inArray(keys.id, ids), enabled);
  await lockKeys(tx, which, 'no key update');
  await tx
    .update(keys)
    .set({ enabled: false, rev: raiseRev(keys.rev) })
    .where(which);
  return some.length === most;
}

import { and, eq, isNull, type SQL } from 'drizzle-orm';
import { users } from '../../../drizzle/schema/accounts.ts';
import { memberships } from '../../../drizzle/schema/memberships.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import type { Db } from '../database/database.ts';
import type { WorkspaceRow } from '../database/locks.ts';
import { raiseRev } from '../database/rev.ts';

/**
 * The sponsor of every workspace that has none: together they have one share of the capacity. With a share for each, a person
 * could get many.
 */
export const UNSPONSORED = 'unsponsored';

/** The user who sponsors a workspace; null if there is none. */
export const sponsorOf = ({ id, sponsorId }: { id: string; sponsorId: string | null }): string | null =>
  sponsorId === UNSPONSORED || sponsorId === id ? null : sponsorId;

/** The sponsor before and after a change that ends a sponsorship; both empty if it ends none. */
export interface EndedSponsorship {
  readonly before: { readonly sponsorId?: string };
  readonly after: { readonly sponsorId?: null };
}

/**
 * Ends a user's sponsorship of a workspace that they no longer own. Otherwise their own workspaces could use up its share.
 * No other owner becomes the sponsor: an owner who makes another user an owner, and leaves, would spend that user's share. An
 * owner agrees by `workspaces.sponsor`. The workspace must be locked `for no key update`.
 * @returns what the audit record of the change shows about it; nothing if they did not sponsor it
 */
export async function endSponsorship(tx: Db, workspaceId: string, userId: string): Promise<EndedSponsorship> {
  const sponsored = and(eq(workspaces.id, workspaceId), eq(workspaces.sponsorId, userId));
  const ended = await changeSponsors(tx, sponsored, UNSPONSORED);
  return ended.length === 0
    ? { before: {}, after: {} }
    : { before: { sponsorId: userId }, after: { sponsorId: null } };
}

/**
 * Makes a user the sponsor of a workspace without one. The workspace must be locked `for no key update`. An older version of
 * Keyseal ends a membership without the sponsorship: a sponsor who is no longer an owner, or whose account is
 * disabled, prevents no owner from becoming the sponsor.
 * @returns false if another owner sponsors it
 */
export async function beginSponsorship(tx: Db, workspace: WorkspaceRow, userId: string): Promise<boolean> {
  const sponsor = sponsorOf(workspace);
  if (sponsor === userId) return true;
  if (sponsor !== null && (await isActiveOwner(tx, workspace.id, sponsor))) return false;
  await changeSponsors(tx, eq(workspaces.id, workspace.id), userId);
  return true;
}

async function isActiveOwner(tx: Db, workspaceId: string, userId: string): Promise<boolean> {
  const owners = await tx
    .select({ role: memberships.role })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, workspaceId),
        eq(memberships.userId, userId),
        eq(memberships.role, 'owner'),
        isNull(memberships.removedAt),
        isNull(users.disabledAt),
      ),
    );
  return owners.length > 0;
}

/**
 * Changes the sponsors of workspaces that are locked `for no key update`, and raises their `rev`s, so that each instance reads the new
 * sponsors.
 * @returns the ids of the workspaces
 */
export async function changeSponsors(
  tx: Db,
  which: SQL | undefined,
  sponsorId: string | SQL,
): Promise<string[]> {
  const changed = await tx
    .update(workspaces)
    .set({ sponsorId, rev: raiseRev(workspaces.rev) })
    .where(which)
    .returning({ id: workspaces.id });
  return changed.map(({ id }) => id);
}

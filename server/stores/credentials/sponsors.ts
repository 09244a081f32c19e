import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { keys, memberships, workspaces } from '../../../drizzle/schema.ts';
import type { Database, Db } from '../database/database.ts';
import { lockKeys, type WorkspaceRow } from '../database/locks.ts';

/** Workspaces that one statement fills in. */
const AT_ONCE = 500;

/**
 * The sponsor of every workspace that has none: all of them share one share. A share for each would be a way to many shares.
 */
const UNSPONSORED = 'unsponsored';

/** The person who created a workspace, if they still own it: their membership began with it. */
const creator = sql`(
  select ${memberships.userId} from ${memberships}
  where ${memberships.workspaceId} = ${workspaces.id} and ${memberships.role} = 'owner'
    and ${memberships.removedAt} is null and ${memberships.createdAt} = ${workspaces.createdAt}
  order by ${memberships.userId} limit 1
)`;

/** The person who sponsors a workspace; null if nobody does. */
export const sponsorOf = ({ id, sponsorId }: { id: string; sponsorId: string | null }): string | null =>
  sponsorId === UNSPONSORED || sponsorId === id ? null : sponsorId;

/**
 * Ends a person's sponsorship of a workspace that they no longer own. They could otherwise take its share from outside,
 * with their own workspaces. No other owner becomes the sponsor: an owner who makes somebody an owner, and leaves, would spend
 * that person's share. An owner agrees by `workspaces.sponsor`. The workspace must be locked to change.
 */
export async function endSponsorship(tx: Db, workspaceId: string, userId: string): Promise<void> {
  await changeSponsor(tx, workspaceId, UNSPONSORED, eq(workspaces.sponsorId, userId));
}

/**
 * Makes a person the sponsor of a workspace without one. The workspace must be locked to change. An older version of
 * Keyseal ends a membership without the sponsorship: a sponsor who is no owner keeps nobody from it.
 * @returns false if another owner sponsors it
 */
export async function beginSponsorship(tx: Db, workspace: WorkspaceRow, userId: string): Promise<boolean> {
  const sponsor = sponsorOf(workspace);
  if (sponsor === userId) return true;
  if (sponsor !== null && (await isOwner(tx, workspace.id, sponsor))) return false;
  await changeSponsor(tx, workspace.id, userId);
  return true;
}

async function isOwner(tx: Db, workspaceId: string, userId: string): Promise<boolean> {
  const owners = await tx
    .select({ role: memberships.role })
    .from(memberships)
    .where(
      and(
        eq(memberships.workspaceId, workspaceId),
        eq(memberships.userId, userId),
        eq(memberships.role, 'owner'),
        isNull(memberships.removedAt),
      ),
    );
  return owners.length > 0;
}

/**
 * Raises the `rev`s of everyone who is charged to the workspace, so that each instance reads the new sponsor. No other
 * transaction locks its keys while the workspace is locked.
 */
async function changeSponsor(tx: Db, workspaceId: string, sponsorId: string, only?: SQL): Promise<void> {
  const replaced = await tx
    .update(workspaces)
    .set({ sponsorId })
    .where(and(eq(workspaces.id, workspaceId), only))
    .returning({ id: workspaces.id });
  if (replaced.length === 0) return;
  await tx
    .update(memberships)
    .set({ rev: sql`${memberships.rev} + 1` })
    .where(and(eq(memberships.workspaceId, workspaceId), isNull(memberships.removedAt)));
  const serviceKeys = and(eq(keys.workspaceId, workspaceId), isNull(keys.ownerId), isNull(keys.revokedAt));
  await lockKeys(tx, serviceKeys, 'to change');
  await tx
    .update(keys)
    .set({ rev: sql`${keys.rev} + 1` })
    .where(serviceKeys);
}

/**
 * Fills in the sponsors of workspaces that an older version created: the creator, or nobody once they no longer own it.
 * @param batches of 500 workspaces, at most
 */
export async function fillInSponsors(
  { db, query }: Pick<Database, 'db' | 'query'>,
  batches = 1,
): Promise<void> {
  // A standby takes no writes, and a refused one would end the connection.
  const [session] = await query<{ mode: string }>(
    sql`select current_setting('transaction_read_only') as mode`,
  );
  if (session?.mode === 'on') return;
  let filled = AT_ONCE;
  for (let batch = 0; batch < batches && filled === AT_ONCE; batch++) {
    const rows = await db
      .update(workspaces)
      .set({ sponsorId: sql`coalesce(${creator}, ${UNSPONSORED})` })
      .where(
        // An array is read once; `in` may run its query again for each workspace.
        sql`${workspaces.id} = any(array(
          select ${workspaces.id} from ${workspaces}
          where ${workspaces.sponsorId} is null and ${workspaces.deletedAt} is null
          limit ${AT_ONCE} for no key update skip locked
        ))`,
      )
      .returning({ id: workspaces.id });
    filled = rows.length;
  }
}

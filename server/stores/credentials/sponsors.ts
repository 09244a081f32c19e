import { and, eq, isNull, sql } from 'drizzle-orm';
import { keys, memberships, users, workspaces } from '../../../drizzle/schema.ts';
import type { Database, Db } from '../database/database.ts';
import { lockKeys } from '../database/locks.ts';

/** Workspaces that one statement fills in. */
const AT_ONCE = 500;

/** The owner of a workspace who has been a member for the longest, and can sign in. */
const longestOwner = sql`(
  select ${memberships.userId} from ${memberships} join ${users} on ${users.id} = ${memberships.userId}
  where ${memberships.workspaceId} = ${workspaces.id} and ${memberships.role} = 'owner'
    and ${memberships.removedAt} is null and ${users.disabledAt} is null
  order by ${memberships.createdAt}, ${memberships.userId} limit 1
)`;

/**
 * Makes another owner the sponsor of a workspace, if this person was it and is no longer an owner. They could otherwise take
 * its share from outside, with their own workspaces; and a separate share for each workspace that a sponsor leaves
 * would be a way to many shares. Only an owner becomes a sponsor: owners can revoke the keys that use their share.
 *
 * Raises the `rev`s of everyone who is charged to the workspace, so that each instance reads the new sponsor. The workspace
 * must be locked to change: then no other transaction locks its keys.
 */
export async function replaceSponsor(tx: Db, workspaceId: string, userId: string): Promise<void> {
  const replaced = await tx
    .update(workspaces)
    .set({ sponsorId: sql`coalesce(${longestOwner}, ${workspaces.sponsorId})` })
    .where(and(eq(workspaces.id, workspaceId), eq(workspaces.sponsorId, userId)))
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
 * Fills in the sponsors of workspaces that an older version created; one without an owner is its own sponsor.
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
      .set({ sponsorId: sql`coalesce(${longestOwner}, ${workspaces.id})` })
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

import { and, eq, isNull } from 'drizzle-orm';
import { exchangeRules } from '../../drizzle/schema/exchange.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import type { Db } from '../stores/database/database.ts';
import { raiseRev } from '../stores/database/rev.ts';
import { newWorkspaceId } from '../stores/secrets/random-ids.ts';
import { addMember } from './members.ts';

/** Creates a workspace with its first owner, who is its sponsor. @returns its id */
export async function insertWorkspace(tx: Db, name: string, ownerId: string, now: Date): Promise<string> {
  const id = newWorkspaceId();
  await tx.insert(workspaces).values({ id, name, sponsorId: ownerId, createdAt: now });
  await addMember(tx, { workspaceId: id, userId: ownerId, role: 'owner', now });
  return id;
}

/**
 * Deletes a workspace that is locked. As of the commit, none of its keys, members, invitations and links is admitted: each
 * statement that reads one joins the workspace. Their own rows follow a part at a time (`emptyDeletedWorkspaces`), because they
 * may be many; its exchange rules are few. Records that refer to it stay correct. The caller must pass the workspace to
 * `credentials.changed`.
 */
export async function deleteWorkspace(tx: Db, id: string, now: Date): Promise<void> {
  await tx
    .update(workspaces)
    .set({ deletedAt: now, rev: raiseRev(workspaces.rev) })
    .where(eq(workspaces.id, id));
  await tx
    .update(exchangeRules)
    .set({ deletedAt: now })
    .where(and(eq(exchangeRules.workspaceId, id), isNull(exchangeRules.deletedAt)));
}

import { and, eq, isNull, sql } from 'drizzle-orm';
import { invitations, keys, workspaces } from '../../drizzle/schema.ts';
import type { Db } from './database.ts';
import { addMember, removeAll } from './members.ts';
import { newWorkspaceId } from './random.ts';

export type Workspace = typeof workspaces.$inferSelect;

/**
 * Holds a workspace until the transaction ends; null where there is none any more. Whoever changes who belongs to it
 * comes one after the other, and so each knows what those before left; many may make keys in it at once, and then
 * nobody deletes it. Whoever holds several takes them in the order of their ids, and before any other row.
 */
export async function holdWorkspace(
  tx: Db,
  id: string,
  why: 'to change' | 'to make a key in it',
): Promise<Workspace | null> {
  const [row] = await tx
    .select()
    .from(workspaces)
    .where(and(eq(workspaces.id, id), isNull(workspaces.deletedAt)))
    .for(why === 'to change' ? 'no key update' : 'share');
  return row ?? null;
}

/** Makes a workspace with its first owner. @returns its id */
export async function insertWorkspace(tx: Db, name: string, ownerId: string, now: Date): Promise<string> {
  const id = newWorkspaceId();
  await tx.insert(workspaces).values({ id, name, createdAt: now });
  await addMember(tx, { workspaceId: id, userId: ownerId, role: 'owner', now });
  return id;
}

/**
 * Deletes a workspace that is held: its keys are revoked, its invitations withdrawn, and nobody belongs to it. What
 * refers to it stays true. `credentials.changed` is to be told of the workspace.
 */
export async function deleteWorkspace(tx: Db, id: string, now: Date): Promise<void> {
  await tx.update(workspaces).set({ deletedAt: now }).where(eq(workspaces.id, id));
  await tx
    .update(keys)
    .set({ revokedAt: now, revokedReason: 'The workspace was deleted.', rev: sql`${keys.rev} + 1` })
    .where(and(eq(keys.workspaceId, id), isNull(keys.revokedAt)));
  await tx
    .update(invitations)
    .set({ revokedAt: now })
    .where(
      and(eq(invitations.workspaceId, id), isNull(invitations.acceptedAt), isNull(invitations.revokedAt)),
    );
  await removeAll(tx, id, now);
}

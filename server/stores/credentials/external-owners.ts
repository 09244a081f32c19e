import { and, eq, sql } from 'drizzle-orm';
import { externalOwners, keys } from '../../../drizzle/schema.ts';
import type { Db } from '../database/database.ts';
import { newExternalOwnerId } from '../secrets/random.ts';

export type ExternalOwner = typeof externalOwners.$inferSelect;

/**
 * Returns the external owner of this name, created if there is none, and locks it until the transaction ends: `to
 * change` it, or so that nobody changes it while a key is tied to it. A transaction that also locks a key's row must
 * lock this one first.
 */
export async function lockExternalOwner(
  tx: Db,
  workspaceId: string,
  externalId: string,
  why: 'to change' | 'to tie a key to it',
): Promise<ExternalOwner> {
  await tx
    .insert(externalOwners)
    .values({ id: newExternalOwnerId(), workspaceId, externalId })
    .onConflictDoNothing();
  const [owner] = await tx
    .select()
    .from(externalOwners)
    .where(and(eq(externalOwners.workspaceId, workspaceId), eq(externalOwners.externalId, externalId)))
    .for(why === 'to change' ? 'update' : 'share');
  if (!owner) throw new Error('the external owner was not made');
  return owner;
}

/** Makes every cache drop the keys of an external owner, once the transaction is committed. */
export async function invalidateKeysOf(tx: Db, ownerId: string): Promise<void> {
  await tx
    .update(keys)
    .set({ rev: sql`${keys.rev} + 1` })
    .where(eq(keys.externalOwnerId, ownerId));
}

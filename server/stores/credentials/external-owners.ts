import { and, eq } from 'drizzle-orm';
import { externalOwners, keys } from '../../../drizzle/schema/keys.ts';
import type { Db } from '../database/database.ts';
import { lockKeys, queueFor } from '../database/locks.ts';
import { raiseRev } from '../database/rev.ts';
import { newExternalOwnerId } from '../secrets/random-ids.ts';

export type ExternalOwner = typeof externalOwners.$inferSelect;

/**
 * Locks external owners of one workspace until the transaction ends, in the order of their names, and creates those that are
 * missing. With `share`, no other transaction changes an owner in the meantime. A transaction that also locks a key's row must
 * lock its owner first.
 * @param wanted the strength of each lock, by `externalId`
 */
export async function lockExternalOwners(
  tx: Db,
  workspaceId: string,
  wanted: ReadonlyMap<string, 'share' | 'update'>,
): Promise<ExternalOwner[]> {
  const locked: ExternalOwner[] = [];
  for (const [externalId, strength] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await tx
      .insert(externalOwners)
      .values({ id: newExternalOwnerId(), workspaceId, externalId })
      .onConflictDoNothing();
    const named = and(eq(externalOwners.workspaceId, workspaceId), eq(externalOwners.externalId, externalId));
    const [owner] = await tx
      .select()
      .from(externalOwners)
      .where(and(queueFor([`owner ${workspaceId} ${externalId}`], strength), named))
      .for(strength);
    if (!owner) throw new Error('the external owner was not made');
    locked.push(owner);
  }
  return locked;
}

/** Makes the caches of all instances drop the keys of an external owner, once the transaction is committed. */
export async function invalidateKeysOf(tx: Db, ownerId: string): Promise<void> {
  const owned = eq(keys.externalOwnerId, ownerId);
  await lockKeys(tx, owned, 'no key update');
  await tx
    .update(keys)
    .set({ rev: raiseRev(keys.rev) })
    .where(owned);
}

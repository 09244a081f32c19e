import { eq } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Db } from '../stores/database/database.ts';
import type { Stores } from '../stores/stores.ts';
import type { KeyRow } from './find.ts';

/**
 * Hides a revoked key from every list and lookup.
 * @throws Refusal CONFLICT if it is not revoked
 */
export async function deleteKey({ clock }: Stores, tx: Db, row: KeyRow): Promise<void> {
  if (!row.revokedAt) throw new Refusal('CONFLICT');
  await tx
    .update(keys)
    .set({ deletedAt: new Date(clock()) })
    .where(eq(keys.id, row.id));
}

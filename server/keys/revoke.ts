import { eq } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import type { Db } from '../stores/database/database.ts';
import { raiseRev } from '../stores/database/rev.ts';

/** Revokes a key permanently. @param now milliseconds */
export async function revokeKey(tx: Db, id: string, reason: string | null, now: number): Promise<void> {
  await tx
    .update(keys)
    .set({ revokedAt: new Date(now), revokedReason: reason, rev: raiseRev(keys.rev) })
    .where(eq(keys.id, id));
}

import { and, eq, isNull, sql } from 'drizzle-orm';
import { keys } from '../../drizzle/schema.ts';
import type { Stores } from '../stores/stores.ts';

/** Ends a key for good. Once this returns no instance admits it; revoking twice changes nothing. */
export async function revokeKey(
  stores: Pick<Stores, 'database' | 'credentials' | 'clock'>,
  id: string,
  reason: string | null,
): Promise<void> {
  await stores.database.db
    .update(keys)
    .set({ revokedAt: new Date(stores.clock()), revokedReason: reason, rev: sql`${keys.rev} + 1` })
    .where(and(eq(keys.id, id), isNull(keys.revokedAt)));
  stores.credentials.changed({ key: id });
}

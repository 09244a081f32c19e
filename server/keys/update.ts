import { eq, sql } from 'drizzle-orm';
import { keys } from '../../drizzle/schema.ts';
import { Refusal } from '../refusal.ts';
import type { Db } from '../stores/database.ts';
import type { Stores } from '../stores/stores.ts';
import type { UpdateKeyInput } from './schemas.ts';

type Row = typeof keys.$inferSelect;

/** Whether an update gives a key more than it had: then whoever makes it must hold what the key holds. */
export function widens({ id, name, metadata, enabled, ...rest }: UpdateKeyInput): boolean {
  return enabled === true || Object.values(rest).some((value) => value !== undefined);
}

/** Changes a key. Refuses with CONFLICT one that is revoked. @param row as it stands, locked within `tx` */
export async function updateKey(
  tx: Db,
  row: Row,
  { id: _, expiresAt, permissions, allowedAddresses, ...plain }: UpdateKeyInput,
): Promise<Row> {
  if (row.revokedAt) throw new Refusal('CONFLICT');
  const [updated] = await tx
    .update(keys)
    .set({
      ...plain,
      ...(permissions ? { permissions: [...new Set(permissions)] } : {}),
      ...(allowedAddresses ? { allowedAddresses: [...new Set(allowedAddresses)] } : {}),
      ...(expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
      rev: sql`${keys.rev} + 1`,
    })
    .where(eq(keys.id, row.id))
    .returning();
  if (!updated) throw new Error('the key was not updated');
  return updated;
}

/** Takes a revoked key out of everybody's sight. Refuses with CONFLICT one that is not revoked. */
export async function deleteKey({ clock }: Stores, tx: Db, row: Row): Promise<void> {
  if (!row.revokedAt) throw new Refusal('CONFLICT');
  await tx
    .update(keys)
    .set({ deletedAt: new Date(clock()) })
    .where(eq(keys.id, row.id));
}

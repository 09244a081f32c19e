import { eq, sql } from 'drizzle-orm';
import { keys } from '../../drizzle/schema.ts';
import { Refusal } from '../refusal.ts';
import { writeCredits } from '../stores/credits.ts';
import type { Db } from '../stores/database.ts';
import type { ExternalOwner } from '../stores/external-owners.ts';
import type { Stores } from '../stores/stores.ts';
import type { KeyRow } from './find.ts';
import type { UpdateKeyInput } from './schemas.ts';

/** Whether an update gives a key more than it had: then whoever makes it must hold what the key holds. */
export function widens({ id, name, metadata, enabled, ...rest }: UpdateKeyInput): boolean {
  return enabled === true || Object.values(rest).some((value) => value !== undefined);
}

/**
 * Changes a key. Refuses with CONFLICT one that is revoked.
 * @param row as it stands, locked within `tx`
 * @param owner of the input's `externalId`, held within `tx`; null where it names none
 */
export async function updateKey(
  tx: Db,
  row: KeyRow,
  {
    id,
    expiresAt,
    permissions,
    allowedAddresses,
    authorities,
    externalId,
    credits,
    ...plain
  }: UpdateKeyInput,
  owner: ExternalOwner | null,
  now: Date,
): Promise<void> {
  if (row.revokedAt) throw new Refusal('CONFLICT');
  if (credits !== undefined) await writeCredits(tx, id, credits, now);
  await tx
    .update(keys)
    .set({
      ...plain,
      ...(permissions ? { permissions: [...new Set(permissions)] } : {}),
      ...(allowedAddresses ? { allowedAddresses: [...new Set(allowedAddresses)] } : {}),
      ...(authorities ? { authorities: [...new Set(authorities)] } : {}),
      ...(externalId === undefined ? {} : { externalOwnerId: owner?.id ?? null }),
      ...(expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
      rev: sql`${keys.rev} + 1`,
    })
    .where(eq(keys.id, row.id));
}

/** Takes a revoked key out of everybody's sight. Refuses with CONFLICT one that is not revoked. */
export async function deleteKey({ clock }: Stores, tx: Db, row: KeyRow): Promise<void> {
  if (!row.revokedAt) throw new Refusal('CONFLICT');
  await tx
    .update(keys)
    .set({ deletedAt: new Date(clock()) })
    .where(eq(keys.id, row.id));
}

import { eq, sql } from 'drizzle-orm';
import { keys } from '../../drizzle/schema.ts';
import type { KeyCaller, UserCaller } from '../gate/caller.ts';
import { Refusal } from '../lib/refusal.ts';
import type { ExternalOwner } from '../stores/credentials/external-owners.ts';
import type { Db } from '../stores/database/database.ts';
import { writeCredits } from '../stores/limits/credits.ts';
import type { Stores } from '../stores/stores.ts';
import { boundsOf } from './bounds.ts';
import { checkCredentialRight, isHolder, mayReceive } from './credential-rights.ts';
import type { KeyRow } from './find.ts';
import type { UpdateKeyInput } from './schemas.ts';
import { reducesAccess } from './takes-away.ts';

/**
 * Whether a caller may change a key so. `keys:write` permits a new name, other metadata and whatever takes away alone;
 * for all else the caller needs the right to the key's secrets, as the key would be.
 * @returns whom the key is reduced by from now on; null for nobody
 */
export function judgeUpdate(
  caller: KeyCaller | UserCaller,
  row: KeyRow,
  input: UpdateKeyInput,
): string | null {
  const { id, name, metadata, enabled, ...rights } = input;
  const touches = Object.values(rights).some((value) => value !== undefined);
  if (!touches && enabled !== true) return row.reducedBy;
  if (!reducesAccess(row, input)) {
    const after = { ...row, ...boundsOf(row, input), permissions: input.permissions ?? row.permissions };
    checkCredentialRight(caller, after, 'extend');
    if (isHolder(caller, row)) return null;
  }
  if (mayReceive(caller, row)) return row.reducedBy;
  return caller.kind === 'user' ? caller.userId : caller.key.id;
}

/**
 * Changes a key. Refuses with CONFLICT one that is revoked.
 * @param row as it stands, locked within `tx`
 * @param change with the external owner of the input's `externalId`, locked within `tx`; null where it names none
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
  { externalOwner, reducedBy, now }: KeyChange,
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
      ...(externalId === undefined ? {} : { externalOwnerId: externalOwner?.id ?? null }),
      ...(expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
      reducedBy,
      rev: sql`${keys.rev} + 1`,
    })
    .where(eq(keys.id, row.id));
}

/** What else an update writes. */
interface KeyChange {
  readonly externalOwner: ExternalOwner | null;
  readonly reducedBy: string | null;
  readonly now: Date;
}

/** Takes a revoked key out of everybody's sight. Refuses with CONFLICT one that is not revoked. */
export async function deleteKey({ clock }: Stores, tx: Db, row: KeyRow): Promise<void> {
  if (!row.revokedAt) throw new Refusal('CONFLICT');
  await tx
    .update(keys)
    .set({ deletedAt: new Date(clock()) })
    .where(eq(keys.id, row.id));
}

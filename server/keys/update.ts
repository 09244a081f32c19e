import { eq } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import type { KeyCaller, UserCaller } from '../gate/caller/caller.ts';
import { isFuture } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import type { ExternalOwner } from '../stores/credentials/external-owners.ts';
import type { Db } from '../stores/database/database.ts';
import { raiseRev } from '../stores/database/rev.ts';
import { writeCredits } from '../stores/limits/credit-policy.ts';
import { narrowsAccess } from './access-reduction.ts';
import { checkCredentialRight, isKeyOfCaller, mayReceive } from './credential-rights.ts';
import type { KeyRow } from './find.ts';
import { applyRestrictions } from './key-restrictions.ts';
import type { UpdateKeyInput } from './schemas.ts';

/**
 * Checks whether a caller may make this change. `keys:write` permits a new name, other metadata and changes that only
 * take away. For everything else, the caller needs the right to the secrets of the key as changed.
 * @returns the new `reducedBy` of the key; null for none
 */
export function checkUpdate(
  caller: KeyCaller | UserCaller,
  row: KeyRow,
  input: UpdateKeyInput,
): string | null {
  const { id, name, metadata, enabled, ...rights } = input;
  const touches = Object.values(rights).some((value) => value !== undefined);
  if (!touches && enabled !== true) return row.reducedBy;
  if (!narrowsAccess(row, input)) {
    const after = {
      ...row,
      ...applyRestrictions(row, input),
      permissions: input.permissions ?? row.permissions,
    };
    checkCredentialRight(caller, after, 'extend');
    if (isKeyOfCaller(caller, row)) return null;
  }
  if (mayReceive(caller, row)) return row.reducedBy;
  return caller.kind === 'user' ? caller.userId : caller.key.id;
}

/**
 * Changes a key.
 * @param row the current row, locked within `tx`
 * @param change with the external owner of the input's `externalId`, locked within `tx`; null if it names none
 * @throws Refusal CONFLICT if the key is revoked, or would become valid again after it was made for a workload and has expired;
 *   INPUT_INVALID if it was made for a workload and would live longer
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
  if (row.revokedAt || (expiresAt !== undefined && isFormerWorkloadKey(row, now)))
    throw new Refusal('CONFLICT');
  if (expiresAt !== undefined) checkWorkloadLifetime(row, expiresAt);
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
      rev: raiseRev(keys.rev),
    })
    .where(eq(keys.id, row.id));
}

/** The end of an exchange rule revokes only the keys that are valid, so none that has expired may become valid again. */
const isFormerWorkloadKey = ({ exchangeRuleId, expiresAt }: KeyRow, now: Date): boolean =>
  exchangeRuleId !== null && expiresAt !== null && !isFuture(expiresAt.getTime(), now.getTime());

/**
 * A key of a workload lives for an hour at most, even if an owner changes it: a workload that needs more time needs a key
 * without a rule.
 */
function checkWorkloadLifetime({ exchangeRuleId, expiresAt: before }: KeyRow, wanted: string | null): void {
  if (exchangeRuleId === null || before === null) return;
  if (wanted !== null && Date.parse(wanted) <= before.getTime()) return;
  const message = 'cannot be later: the exchange rule decides how long the key is valid';
  throw new Refusal('INPUT_INVALID', { issues: [{ path: 'expiresAt', message }] });
}

/** Further columns that an update writes. */
interface KeyChange {
  readonly externalOwner: ExternalOwner | null;
  readonly reducedBy: string | null;
  readonly now: Date;
}

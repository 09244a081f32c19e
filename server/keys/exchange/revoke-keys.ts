import { and, eq, isNull, or } from 'drizzle-orm';
import { keys } from '../../../drizzle/schema/keys.ts';
import type { Db } from '../../stores/database/database.ts';
import { isFutureSql } from '../../stores/database/is-future.ts';
import { lockKeys } from '../../stores/database/locks.ts';
import { raiseRev } from '../../stores/database/rev.ts';

/** By how much clocks of instances may differ, in milliseconds. */
const MARGIN_MS = 600_000;

/**
 * Revokes the keys of a rule that are valid, or may be by the clock of another instance: as many as a rule may have at most. One that
 * has expired stays expired: see `updateKey`.
 */
export async function revokeKeysOf(
  tx: Db,
  ruleId: string,
  { end, now }: { readonly end: 'changed' | 'deleted'; readonly now: Date },
): Promise<void> {
  const { expiresAt } = keys;
  const valid = or(isNull(expiresAt), isFutureSql(expiresAt, new Date(now.getTime() - MARGIN_MS)));
  const which = and(eq(keys.exchangeRuleId, ruleId), isNull(keys.revokedAt), valid);
  await lockKeys(tx, which, 'no key update');
  await tx
    .update(keys)
    .set({ revokedAt: now, revokedReason: `The exchange rule was ${end}.`, rev: raiseRev(keys.rev) })
    .where(which);
}

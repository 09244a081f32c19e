import { and, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm';
import { keys } from '../../../drizzle/schema/keys.ts';
import type { WorkspaceTurn } from '../../rpc/workspace-turn.ts';
import type { Db } from '../../stores/database/database.ts';
import { isAfter } from '../../stores/database/is-after.ts';
import { lockKeys } from '../../stores/database/locks.ts';
import { raiseRev } from '../../stores/database/rev.ts';

/** By how much clocks of instances may differ, in milliseconds. */
const MARGIN_MS = 600_000;
/** Expired keys that one transaction revokes: on PGlite a transaction holds up all others. */
const KEYS_PER_TRANSACTION = 200;

/** What ended the keys of a rule, and when. */
export interface RuleEnd {
  readonly end: 'changed' | 'deleted';
  readonly now: Date;
}

/**
 * Revokes the keys of a rule that are valid, or may be by the clock of another instance: as many as a rule may have at most. After
 * the commit, `revokeExpiredKeysOf` revokes the others.
 */
export async function revokeKeysOf(tx: Db, ruleId: string, end: RuleEnd): Promise<void> {
  const { expiresAt } = keys;
  const valid = or(isNull(expiresAt), isAfter(expiresAt, new Date(end.now.getTime() - MARGIN_MS)));
  await revokeAll(tx, and(liveKeysOf(ruleId), valid), end);
}

/** Revokes the keys of a rule that had expired before its end, a part at a time: the expiry of a key can be changed. */
export async function revokeExpiredKeysOf(
  db: Db,
  ruleId: string,
  end: RuleEnd,
  inTurn: WorkspaceTurn,
): Promise<void> {
  const expired = and(liveKeysOf(ruleId), sql`not (${isAfter(keys.expiresAt, end.now)})`);
  const revokeSome = async (tx: Db) => {
    const some = await tx.select({ id: keys.id }).from(keys).where(expired).limit(KEYS_PER_TRANSACTION);
    const ids = some.map(({ id }) => id);
    if (ids.length > 0) await revokeAll(tx, and(expired, inArray(keys.id, ids)), end);
    return ids.length === KEYS_PER_TRANSACTION;
  };
  while (await inTurn(() => db.transaction(revokeSome)));
}

const liveKeysOf = (ruleId: string) => and(eq(keys.exchangeRuleId, ruleId), isNull(keys.revokedAt));

async function revokeAll(tx: Db, which: SQL | undefined, { end, now }: RuleEnd): Promise<void> {
  await lockKeys(tx, which, 'no key update');
  await tx
    .update(keys)
    .set({ revokedAt: now, revokedReason: `The exchange rule was ${end}.`, rev: raiseRev(keys.rev) })
    .where(which);
}

import { and, asc, count, eq, inArray, isNotNull, isNull, min, ne, or } from 'drizzle-orm';
import { exchangeRules } from '../../../drizzle/schema/exchange.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import { isoOrEpoch } from '../../lib/clock.ts';
import { inChunks } from '../../lib/concurrency/in-chunks.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { WorkspaceTurn } from '../../rpc/workspace-turn.ts';
import type { Db } from '../../stores/database/database.ts';
import { isFutureSql } from '../../stores/database/is-future.ts';
import type { ExchangeRule } from './schemas.ts';

export type ExchangeRuleRow = typeof exchangeRules.$inferSelect;

/** The maximum number of rules of a workspace. */
export const MAX_RULES = 50;
/**
 * The maximum number of valid keys of one rule, with those that its keys made: they are counted together, and revoked together.
 */
export const MAX_KEYS_WITH_MADE = 1_000;
/** Rules whose keys one statement counts. */
const RULES_PER_STATEMENT = 5;

/** A rule, and the sponsor of its workspace. */
export interface SponsoredRule {
  readonly rule: ExchangeRuleRow;
  readonly sponsorId: string | null;
}

/**
 * The rules for tokens of an issuer with an audience: all of them belong to one workspace.
 * @param id of the rule that the caller names; null for none
 */
export async function findRulesFor(
  db: Db,
  {
    issuer,
    audience,
    id,
  }: { readonly issuer: string; readonly audience: string; readonly id: string | null },
): Promise<SponsoredRule[]> {
  return db
    .select({ rule: exchangeRules, sponsorId: workspaces.sponsorId })
    .from(exchangeRules)
    .innerJoin(workspaces, eq(workspaces.id, exchangeRules.workspaceId))
    .where(
      and(
        eq(exchangeRules.issuer, issuer),
        eq(exchangeRules.audience, audience),
        isNull(exchangeRules.deletedAt),
        id === null ? undefined : eq(exchangeRules.id, id),
      ),
    )
    .limit(MAX_RULES);
}

/** A rule that is locked until the transaction ends, so that one exchange counts its keys at a time; null if there is none. */
export async function lockRule(tx: Db, id: string): Promise<ExchangeRuleRow | null> {
  const [row] = await tx
    .select()
    .from(exchangeRules)
    .where(and(eq(exchangeRules.id, id), isNull(exchangeRules.deletedAt)))
    .for('no key update');
  return row ?? null;
}

/** A rule of the caller's own workspace. @throws Refusal NOT_FOUND, including for rules of other workspaces */
export async function findRuleInWorkspace(db: Db, workspaceId: string, id: string): Promise<ExchangeRuleRow> {
  const [row] = await db
    .select()
    .from(exchangeRules)
    .where(
      and(
        eq(exchangeRules.id, id),
        eq(exchangeRules.workspaceId, workspaceId),
        isNull(exchangeRules.deletedAt),
      ),
    );
  if (!row) throw new Refusal('NOT_FOUND');
  return row;
}

/** The rules of a workspace, the oldest first. @param now milliseconds */
export async function listRules(
  db: Db,
  workspaceId: string,
  now: number,
  inTurn: WorkspaceTurn = (read) => read(),
): Promise<ExchangeRule[]> {
  const rows = await inTurn(() => rulesOf(db, workspaceId));
  const active = new Map<string | null, number>();
  const ids = rows.map(({ id }) => id);
  await inChunks(ids, RULES_PER_STATEMENT, async (some) => {
    for (const { rule, n } of await inTurn(() => countActive(db, some, now))) active.set(rule, n);
  });
  return rows.map((row) => ruleViewOf(row, active.get(row.id) ?? 0));
}

/** The rules of a workspace without their keys, the oldest first. */
export const rulesOf = (db: Db, workspaceId: string): Promise<ExchangeRuleRow[]> =>
  db
    .select()
    .from(exchangeRules)
    .where(and(eq(exchangeRules.workspaceId, workspaceId), isNull(exchangeRules.deletedAt)))
    .orderBy(asc(exchangeRules.createdAt), asc(exchangeRules.id))
    .limit(MAX_RULES);

const countActive = (db: Db, ruleIds: readonly string[], now: number) =>
  db
    .select({ rule: keys.exchangeRuleId, n: count() })
    .from(keys)
    .where(and(inArray(keys.exchangeRuleId, [...ruleIds]), isActive(now)))
    .groupBy(keys.exchangeRuleId);

/**
 * Whether another workspace has rules for an audience of an issuer, or still has deleted rows of some: a job purges them
 * after thirty days.
 */
export async function isTakenAudience(
  db: Db,
  { issuer, audience, workspaceId }: Pick<ExchangeRuleRow, 'issuer' | 'audience' | 'workspaceId'>,
): Promise<boolean> {
  const sameAudience = and(eq(exchangeRules.issuer, issuer), eq(exchangeRules.audience, audience));
  const ofOtherWorkspace = ne(exchangeRules.workspaceId, workspaceId);
  const which = { id: exchangeRules.id, workspaceId: exchangeRules.workspaceId };
  const [activeRule] = await db
    .select(which)
    .from(exchangeRules)
    .where(and(sameAudience, ofOtherWorkspace, isNull(exchangeRules.deletedAt)))
    .limit(1);
  // All rules of an audience are of one workspace, which may have deleted any number of them.
  const [anyRule] = await db.select(which).from(exchangeRules).where(sameAudience).limit(1);
  return activeRule !== undefined || (anyRule !== undefined && anyRule.workspaceId !== workspaceId);
}

const isActive = (now: number) =>
  and(
    isNotNull(keys.exchangeRuleId),
    or(isNull(keys.expiresAt), isFutureSql(keys.expiresAt, new Date(now))),
    isNull(keys.revokedAt),
  );

/** The number of valid keys of a rule, and when the first of them expires. @param now milliseconds */
export async function activeKeysOf(
  db: Db,
  ruleId: string,
  now: number,
): Promise<{ readonly number: number; readonly firstEnd: Date | null }> {
  const [active] = await db
    .select({ number: count(), firstEnd: min(keys.expiresAt) })
    .from(keys)
    .where(and(eq(keys.exchangeRuleId, ruleId), isActive(now)));
  return active ?? { number: 0, firstEnd: null };
}

export function ruleViewOf(row: ExchangeRuleRow, activeKeys: number): ExchangeRule {
  const { workspaceId: _, deletedAt: __, createdAt, ...shown } = row;
  return { ...shown, activeKeys, createdAt: isoOrEpoch(createdAt) };
}

/**
 * @param most the number of valid keys that a rule may have before one more is created
 * @throws Refusal RATE_LIMITED with the time at which the first of the keys expires
 */
export async function checkRoomForKey(db: Db, ruleId: string, most: number, now: number): Promise<void> {
  const { number, firstEnd } = await activeKeysOf(db, ruleId, now);
  if (number < most) return;
  const resetAt = firstEnd ?? new Date(now);
  throw new Refusal('RATE_LIMITED', {
    limit: most,
    remaining: 0,
    resetAt: resetAt.toISOString(),
    retryAfter: Math.max(1, Math.ceil((resetAt.getTime() - now) / 1000)),
  });
}

import { and, asc, count, eq, inArray, isNull, min, ne } from 'drizzle-orm';
import { exchangeRules } from '../../../drizzle/schema/exchange.ts';
import { keys } from '../../../drizzle/schema/keys.ts';
import { workspaces } from '../../../drizzle/schema/workspaces.ts';
import { isoOrEpoch } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Db } from '../../stores/database/database.ts';
import { isAfter } from '../../stores/database/is-after.ts';
import type { ExchangeRule } from './schemas.ts';

export type ExchangeRuleRow = typeof exchangeRules.$inferSelect;

/** The maximum number of rules of a workspace. */
export const MAX_RULES = 50;

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

/** A rule of the caller's own workspace. @throws Refusal NOT_FOUND, also for rules of other workspaces */
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
export async function listRules(db: Db, workspaceId: string, now: number): Promise<ExchangeRule[]> {
  const rows = await db
    .select()
    .from(exchangeRules)
    .where(and(eq(exchangeRules.workspaceId, workspaceId), isNull(exchangeRules.deletedAt)))
    .orderBy(asc(exchangeRules.createdAt), asc(exchangeRules.id))
    .limit(MAX_RULES);
  const ids = rows.map(({ id }) => id);
  const counts = await db
    .select({ rule: keys.exchangeRuleId, n: count() })
    .from(keys)
    .where(and(inArray(keys.exchangeRuleId, ids), isActive(now)))
    .groupBy(keys.exchangeRuleId);
  const active = new Map(counts.map(({ rule, n }) => [rule, n]));
  return rows.map((row) => ruleViewOf(row, active.get(row.id) ?? 0));
}

/** Whether another workspace has rules for an audience of an issuer, or had some in the last thirty days. */
export async function isTakenAudience(
  db: Db,
  { issuer, audience, workspaceId }: Pick<ExchangeRuleRow, 'issuer' | 'audience' | 'workspaceId'>,
): Promise<boolean> {
  const [taken] = await db
    .select({ id: exchangeRules.id })
    .from(exchangeRules)
    .where(
      and(
        eq(exchangeRules.issuer, issuer),
        eq(exchangeRules.audience, audience),
        ne(exchangeRules.workspaceId, workspaceId),
      ),
    )
    .limit(1);
  return taken !== undefined;
}

const isActive = (now: number) => and(isAfter(keys.expiresAt, new Date(now)), isNull(keys.revokedAt));

/** The keys of a rule that are valid, in number, and when the first of them expires. @param now milliseconds */
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

import { and, asc, eq, getTableColumns, gt, type SQL, sql } from 'drizzle-orm';
import { externalOwners } from '../../../drizzle/schema/keys.ts';
import { isoOrEpoch } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Db } from '../../stores/database/database.ts';
import { creditPolicyOf, creditsNow } from '../../stores/limits/credit-policy.ts';
import type { Owner } from './schemas.ts';

function selectOwners(db: Db, now: number, where: SQL | undefined) {
  const balance = creditsNow(now);
  return db
    .select({ owner: getTableColumns(externalOwners), balance: balance.columns })
    .from(externalOwners)
    .leftJoin(balance.table, sql`balance.subject = ${externalOwners.id}`)
    .where(where)
    .$dynamic();
}

function viewOf({ owner, balance }: Awaited<ReturnType<typeof selectOwners>>[number]): Owner {
  const { externalId, limits, createdAt } = owner;
  return { externalId, limits, credits: creditPolicyOf(balance), createdAt: isoOrEpoch(createdAt) };
}

/**
 * @param now milliseconds
 * @throws Refusal OWNER_NOT_FOUND, including for owners of other workspaces
 */
export async function findOwner(
  db: Db,
  workspaceId: string,
  externalId: string,
  now: number,
): Promise<Owner> {
  const own = and(eq(externalOwners.workspaceId, workspaceId), eq(externalOwners.externalId, externalId));
  const [row] = await selectOwners(db, now, own);
  if (!row) throw new Refusal('OWNER_NOT_FOUND');
  return viewOf(row);
}

/** A page of a workspace's external owners, sorted by name. @param now milliseconds */
export async function listOwners(
  db: Db,
  workspaceId: string,
  { limit = 50, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
  now: number,
): Promise<{ items: Owner[]; nextCursor: string | null }> {
  const after = cursor === undefined ? undefined : gt(externalOwners.externalId, cursor);
  const rows = await selectOwners(db, now, and(eq(externalOwners.workspaceId, workspaceId), after))
    .orderBy(asc(externalOwners.externalId))
    .limit(limit + 1);
  const items = rows.slice(0, limit).map(viewOf);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.externalId ?? null) : null };
}

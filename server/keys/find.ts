import { and, eq, getTableColumns, isNull, type SQL, sql } from 'drizzle-orm';
import { users } from '../../drizzle/schema/accounts.ts';
import { externalOwners, keys } from '../../drizzle/schema/keys.ts';
import { memberships } from '../../drizzle/schema/memberships.ts';
import { Refusal } from '../lib/refusal.ts';
import { isOwnersMembership } from '../stores/credentials/credential-rows.ts';
import type { Db } from '../stores/database/database.ts';
import { type CreditPolicy, creditPolicyOf, creditsNow } from '../stores/limits/credit-policy.ts';

/** A key joined with its rows in other tables. */
export type KeyRow = typeof keys.$inferSelect & {
  readonly externalId: string | null;
  readonly credits: CreditPolicy | null;
  /** Whether its owner is a member of the workspace and not disabled; always true for a service key. */
  readonly ownerIsActive: boolean;
};

/** The same as a condition, for queries that `selectKeys` makes. */
export const ownerIsActive = sql<boolean>`(${keys.ownerId} is null or (
  ${memberships.userId} is not null and ${memberships.removedAt} is null and ${users.disabledAt} is null))`;

/** Keys as of a time, refills included. @param now milliseconds */
export function selectKeys(db: Db, now: number, where: SQL | undefined) {
  const balance = creditsNow(now);
  return db
    .select({
      key: getTableColumns(keys),
      externalId: externalOwners.externalId,
      balance: balance.columns,
      ownerIsActive,
    })
    .from(keys)
    .leftJoin(users, eq(users.id, keys.ownerId))
    .leftJoin(memberships, isOwnersMembership)
    .leftJoin(externalOwners, eq(externalOwners.id, keys.externalOwnerId))
    .leftJoin(balance.table, sql`balance.subject = ${keys.id}`)
    .where(where)
    .$dynamic();
}

type Selected = Awaited<ReturnType<typeof selectKeys>>[number];

export function toKeyRow({ key, externalId, balance, ownerIsActive }: Selected): KeyRow {
  return { ...key, externalId, credits: creditPolicyOf(balance), ownerIsActive };
}

/**
 * Finds a key of the caller's own workspace. @throws Refusal KEY_NOT_FOUND, including for keys of other workspaces
 */
export async function findKeyInWorkspace(
  db: Db,
  workspaceId: string,
  id: string,
  now: number,
): Promise<KeyRow> {
  const [row] = await selectKeys(
    db,
    now,
    and(eq(keys.id, id), eq(keys.workspaceId, workspaceId), isNull(keys.deletedAt)),
  );
  if (!row) throw new Refusal('KEY_NOT_FOUND');
  return toKeyRow(row);
}

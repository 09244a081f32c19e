import { and, eq, getTableColumns, isNull, type SQL, sql } from 'drizzle-orm';
import { externalOwners, keys } from '../../drizzle/schema.ts';
import { Refusal } from '../refusal.ts';
import { type CreditPolicy, creditsNow, policyOf } from '../stores/credits.ts';
import type { Db } from '../stores/database.ts';

/** A key with what stands in other tables. */
export type KeyRow = typeof keys.$inferSelect & {
  readonly externalId: string | null;
  readonly credits: CreditPolicy | null;
};

/** Keys as they stand at a moment, refills included. @param now milliseconds */
export function selectKeys(db: Db, now: number, where: SQL | undefined) {
  const held = creditsNow(now);
  return db
    .select({ key: getTableColumns(keys), externalId: externalOwners.externalId, held: held.columns })
    .from(keys)
    .leftJoin(externalOwners, eq(externalOwners.id, keys.externalOwnerId))
    .leftJoin(held.table, sql`held.subject = ${keys.id}`)
    .where(where)
    .$dynamic();
}

type Selected = Awaited<ReturnType<typeof selectKeys>>[number];

export function rowOf({ key, externalId, held }: Selected): KeyRow {
  return { ...key, externalId, credits: policyOf(held) };
}

/**
 * A key of the caller's own workspace. Refuses with KEY_NOT_FOUND, for other workspaces' keys too.
 * @param why `to change` holds the row until the transaction ends
 */
export async function findOwn(
  db: Db,
  workspaceId: string,
  id: string,
  now: number,
  why?: 'to change',
): Promise<KeyRow> {
  const own = selectKeys(
    db,
    now,
    and(eq(keys.id, id), eq(keys.workspaceId, workspaceId), isNull(keys.deletedAt)),
  );
  const [row] = await (why ? own.for('update', { of: keys }) : own);
  if (!row) throw new Refusal('KEY_NOT_FOUND');
  return rowOf(row);
}

import { eq } from 'drizzle-orm';
import { externalOwners } from '../../drizzle/schema/keys.ts';
import { type FairnessPath, workspaceGroupPath } from '../../shared/fairness/fairness-path.ts';
import { countersOf } from '../stores/credentials/credential-rows.ts';
import type { Stores } from '../stores/stores.ts';
import type { KeyRow } from './find.ts';
import type { KeyLimit } from './schemas.ts';

/** The state of a key's limits, including those that it shares through its external owner. Counts nothing. @param payer the caller's */
export async function limitsOf(
  { database, rates }: Stores,
  row: KeyRow,
  payer: FairnessPath,
): Promise<KeyLimit[]> {
  const outside =
    row.externalOwnerId === null
      ? []
      : await database.db.select().from(externalOwners).where(eq(externalOwners.id, row.externalOwnerId));
  const counters = countersOf(row, outside[0] ?? null, workspaceGroupPath(payer));
  if (counters.length === 0) return [];
  const { states } = await rates.peek(counters);
  return states.map((state) => ({ ...state, resetAt: new Date(state.resetAt).toISOString() }));
}

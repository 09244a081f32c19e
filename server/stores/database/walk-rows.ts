import { type SQL, sql } from 'drizzle-orm';

/** Rows that one statement reads: on PGlite it blocks everything for a few milliseconds. */
const ROWS_PER_STATEMENT = 2_000;

/** A row of one batch of an order. */
interface WalkedRow {
  /** Whether it is one of those that are looked for. */
  readonly matches: boolean;
  /** Its number within the batch, from 1. */
  readonly rowNumber: number;
}

/**
 * Walks rows in the order of an index, in bounded statements, until enough match or none is left.
 * @param limit how many matching rows are enough
 * @param read reads up to `size` rows after one of an earlier batch. It returns in their order those that match, and the last of
 *   the batch if it has `size` rows; at most `limit` of them together, which leaves the last out only if enough match
 */
export async function walkRows<Row extends WalkedRow>(
  limit: number,
  read: (after: Row | null, size: number) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const found: Row[] = [];
  for (let last: Row | null = null; ; ) {
    const rows: Row[] = [...(await read(last, ROWS_PER_STATEMENT))].sort((a, b) => a.rowNumber - b.rowNumber);
    found.push(...rows.filter(({ matches }) => matches));
    const end = rows.at(-1);
    if (found.length >= limit || end?.rowNumber !== ROWS_PER_STATEMENT) return found.slice(0, limit);
    last = end;
  }
}

/** What a batch selects beside its columns. @param order of the batch, as in its `order by` */
export const walkedColumns = (matching: SQL | undefined, order: SQL) => ({
  matches: sql<boolean>`(${matching ?? sql`true`}) is true`.as('matches'),
  rowNumber: sql<number>`(row_number() over (order by ${order}))::int`.as('rowNumber'),
});

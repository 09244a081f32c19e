import { type SQL, sql } from 'drizzle-orm';

/** How many rows one statement reads: on PGlite it blocks everything for a few milliseconds. */
const ROWS_PER_STATEMENT = 2_000;
/** How many rows one call reads. */
const MAX_WALKED = 50_000;

/** A row of one batch of an order. */
interface WalkedRow {
  /** Whether it is one of those that are looked for. */
  readonly matches: boolean;
  /** Its number within the batch, from 1. */
  readonly rowNumber: number;
}

/** Matching rows, and the row after which the next page begins; null after the last. */
interface WalkedPage<Row> {
  readonly rows: readonly Row[];
  readonly last: Row | null;
}

/**
 * Walks rows in the order of an index, in bounded statements, until a page is full. A page has fewer rows than `limit` at the
 * end of the order, or after 50,000 rows.
 * @param limit the maximum number of rows of a page
 * @param read reads up to `size` rows after one of an earlier batch. It returns the matching rows in order, plus the last row of a
 *   full batch, which marks where the next batch starts. It may stop after `limit + 1` rows
 */
export async function walkRows<Row extends WalkedRow>(
  limit: number,
  read: (after: Row | null, size: number) => Promise<readonly Row[]>,
): Promise<WalkedPage<Row>> {
  const found: Row[] = [];
  let last: Row | null = null;
  for (let walked = 0; walked < MAX_WALKED; walked += ROWS_PER_STATEMENT) {
    const rows: Row[] = [...(await read(last, ROWS_PER_STATEMENT))].sort((a, b) => a.rowNumber - b.rowNumber);
    found.push(...rows.filter(({ matches }) => matches));
    if (found.length > limit) return { rows: found.slice(0, limit), last: found[limit - 1] ?? null };
    const end = rows.at(-1);
    if (end?.rowNumber !== ROWS_PER_STATEMENT) return { rows: found, last: null };
    last = end;
  }
  return { rows: found, last };
}

/** What a batch selects in addition to its columns. @param order of the batch, as in its `order by` */
export const walkedColumns = (matching: SQL | undefined, order: SQL) => ({
  matches: sql<boolean>`(${matching ?? sql`true`}) is true`.as('matches'),
  rowNumber: sql<number>`(row_number() over (order by ${order}))::int`.as('rowNumber'),
});

/** Rows that one statement reads: on PGlite it blocks everything for a few milliseconds. */
const ROWS_PER_STATEMENT = 2_000;

/** A row of one stretch of an order. */
interface WalkedRow {
  /** Whether it is one of those that are looked for. */
  readonly fits: boolean;
  /** Its number within the stretch, from 1. */
  readonly nth: number;
}

/**
 * Walks rows in the order of an index, in bounded statements, until enough fit or none is left.
 * @param limit rows that fit and are enough
 * @param read reads up to `size` rows after one of an earlier stretch. It returns in their order those that fit, and the last of
 *   the stretch if it has `size` rows; at most `limit` of them together, which leaves the last out only if enough fit
 */
export async function walkRows<Row extends WalkedRow>(
  limit: number,
  read: (after: Row | null, size: number) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const found: Row[] = [];
  for (let last: Row | null = null; ; ) {
    const rows: Row[] = [...(await read(last, ROWS_PER_STATEMENT))].sort((a, b) => a.nth - b.nth);
    found.push(...rows.filter(({ fits }) => fits));
    const end = rows.at(-1);
    if (found.length >= limit || end?.nth !== ROWS_PER_STATEMENT) return found.slice(0, limit);
    last = end;
  }
}

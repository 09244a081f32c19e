import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceTurn } from '../rpc/workspace-turn.ts';
import type { Db } from '../stores/database/database.ts';
import { inIndexOrder } from '../stores/database/index-order.ts';
import { USAGE_TABLES } from '../stores/usage/usage-buckets.ts';
import type { Counts } from './counts.ts';
import type { Range } from './range.ts';

/**
 * How many counts one statement reads: on PGlite it blocks everything for some milliseconds. A bucket has one for each
 * procedure and outcome, and a service that calls `verify` names procedures by its authorities: there may be any number.
 */
export const COUNTS_PER_STATEMENT = 10_000;

/** Sums of whole numbers, as JavaScript numbers in either driver. */
export const COUNTS = sql`
  coalesce(sum(count) filter (where outcome = 'OK'), 0)::float8 as accepted,
  coalesce(sum(count) filter (where outcome <> 'OK'), 0)::float8 as refused`;

/** The beginning of a bucket, in milliseconds. */
export const EPOCH_MS = sql`(extract(epoch from at) * 1000)::float8`;

/** The columns of `COUNTS`. */
export const COUNTS_COLUMNS = {
  accepted: sql<number>`accepted`,
  refused: sql<number>`refused`,
};

/**
 * The rows of a subject within a range. Only the primary key leads to pairs: for only a range of times, a planner with
 * statistics from before a table grew would use the purge index, and visit the rows of every key. There is no `key_id = …` in
 * addition to the pairs: the scan would begin at the subject's first row.
 */
export const rowsOf = (subject: SQL, { from, to }: Range): SQL =>
  sql`(key_id, at) >= (${subject}, ${timeOf(from)}) and ${rowsBefore(subject, to)}`;

const rowsBefore = (subject: SQL, to: number): SQL => sql`(key_id, at) < (${subject}, ${timeOf(to)})`;

/** @param at milliseconds */
const timeOf = (at: number): SQL => sql`${new Date(at).toISOString()}::timestamptz`;

/** The calls that a sum contains. */
export interface SumQuery {
  /** A key, or a workspace. */
  readonly subject: string;
  readonly range: Range;
  /** The only procedure that is counted; undefined for all. */
  readonly called: string | undefined;
}

/** A part of a sum. */
export interface Sum extends Counts {
  /** Exactly one of these three is set: the group that the row sums. */
  readonly at: number | null;
  readonly outcome: string | null;
  readonly procedure: string | null;
}

/** The last count of a batch. The next batch begins after it. */
interface Position {
  readonly at: string;
  readonly outcome: string | null;
  readonly procedure: string | null;
}

/**
 * Sums up counts by bucket, by outcome and by procedure, in bounded statements, each in its workspace's turn.
 * @param add gets the sums of each statement: those of one group may come in several parts
 */
export async function walkCounts(
  db: Db,
  query: SumQuery,
  inTurn: WorkspaceTurn,
  add: (sum: Sum) => void,
): Promise<void> {
  for (let after: Position | null = null, isLast = false; !isLast; ) {
    const batch = sumsAfter(after, query);
    const rows = await inTurn(() => inIndexOrder(db, (tx) => readBatch(tx, batch)));
    isLast = true;
    for (const { lastAt, ...sum } of rows) {
      if (lastAt === null) add(sum);
      else [after, isLast] = [{ ...sum, at: lastAt }, false];
    }
  }
}

const readBatch = (tx: Db, batch: SQL) =>
  tx
    .select({
      at: sql<number | null>`at`,
      outcome: sql<string | null>`outcome`,
      procedure: sql<string | null>`procedure`,
      ...COUNTS_COLUMNS,
      lastAt: sql<string | null>`last_at`,
    })
    .from(sql`(${batch}) as batch`);

/** The sums of the counts after a position and, if there may be more, a row with the last of them. */
function sumsAfter(after: Position | null, { subject, range, called }: SumQuery): SQL {
  const key = sql`${subject}::text`;
  const rows = after
    ? sql`(key_id, at, procedure, outcome) > (${key}, ${after.at}::text::timestamptz, ${after.procedure}::text, ${after.outcome}::text)
        and ${rowsBefore(key, range.to)}`
    : rowsOf(key, range);
  // Counts of other procedures are read too, and have to be among those that the limit bounds.
  const isCalled = called === undefined ? sql`true` : sql`procedure = ${called}`;
  return sql`
    with counted as materialized (
      select at, procedure, outcome, count from ${USAGE_TABLES[range.step]}
      where ${rows} order by key_id, at, procedure, outcome limit ${COUNTS_PER_STATEMENT}
    )
    select ${EPOCH_MS} as at, outcome, procedure, ${COUNTS}, null::text as last_at
    from counted where ${isCalled} group by grouping sets ((at), (outcome), (procedure))
    union all
    select * from (
      select null::float8, outcome, procedure, 0::float8, 0::float8, at::text from counted
      offset ${COUNTS_PER_STATEMENT - 1}
    ) as last`;
}

import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceTurn } from '../rpc/workspace-turn.ts';
import type { Database, Db } from '../stores/database/database.ts';
import { inIndexOrder } from '../stores/database/index-order.ts';
import { percentileOf } from '../stores/usage/latencies.ts';
import { BUCKETS, LATENCY_TABLES, USAGE_TABLES } from '../stores/usage/usage-buckets.ts';
import { addCounts, type Counts, totalCalls } from './counts.ts';
import { inParts, type Range } from './range.ts';
import type { UsageKeysOutput, UsageOutput } from './schemas.ts';
import { SumsByName } from './sums-by-name.ts';
import {
  COUNTS,
  COUNTS_COLUMNS,
  COUNTS_PER_STATEMENT,
  EPOCH_MS,
  rowsOf,
  type SumQuery,
  walkCounts,
} from './walk-counts.ts';

const MAX_PROCEDURES = 100;
/** How many buckets of durations one statement reads: each has up to 73 counts. */
const BUCKETS_PER_STATEMENT = 200;

/** How the calls in a range ended: by bucket, outcome and procedure. */
export async function sumUp(
  database: Database,
  query: SumQuery,
  inTurn: WorkspaceTurn,
): Promise<UsageOutput> {
  const { subject, range, called } = query;
  const [counts, outcomes, procedures] = [new Map<number, Counts>(), new SumsByName(), new SumsByName()];
  await walkCounts(database.db, query, inTurn, (sum) => {
    if (sum.at !== null) counts.set(sum.at, addCounts(counts.get(sum.at), sum));
    else if (sum.outcome !== null) outcomes.add(sum.outcome, sum);
    else if (sum.procedure !== null) procedures.add(sum.procedure, sum);
  });
  const points = pointsOf(range, (at) => counts.get(at));
  return {
    ...spanOf(range),
    ...totalOf(points),
    points,
    outcomes: outcomes.most().map(({ name, ...sum }) => ({ outcome: name, count: totalCalls(sum) })),
    procedures: procedures
      .most(MAX_PROCEDURES)
      .map(({ name, accepted, refused }) => ({ procedure: name, accepted, refused })),
    // Durations are stored neither by procedure nor by environment: for such a query there are none.
    latency: called === undefined ? await latencyOf(database, subject, range, inTurn) : null,
  };
}

/** Within how many milliseconds half of the accepted calls, 95 % and 99 % of them ended. */
async function latencyOf(
  { db }: Database,
  subject: string,
  range: Range,
  inTurn: WorkspaceTurn,
): Promise<UsageOutput['latency']> {
  const counts: number[] = [];
  for (const part of inParts(range, BUCKETS_PER_STATEMENT)) {
    const rows = await inTurn(() => inIndexOrder(db, (tx) => readDurations(tx, subject, part)));
    for (const { n, count } of rows) {
      while (counts.length < n) counts.push(0);
      counts[n - 1] = (counts[n - 1] ?? 0) + count;
    }
  }
  if (counts.length === 0) return null;
  const percentile = (share: number) => percentileOf(counts, share);
  return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}

/** How many accepted calls took how long, by the number of the range of durations, from 1. */
const readDurations = (tx: Db, subject: string, range: Range) =>
  tx
    .select({ n: sql<number>`n::int`, count: sql<number>`sum(count)::float8` })
    .from(sql`${LATENCY_TABLES[range.step]}, unnest(counts) with ordinality as noted (count, n)`)
    .where(rowsOf(sql`${subject}::text`, range))
    .groupBy(sql`n`);

/** How the calls of several keys ended, by bucket, in the order of the given keys. */
export async function sumUpEach(
  database: Database,
  ids: readonly string[],
  range: Range,
  inTurn: WorkspaceTurn,
): Promise<UsageKeysOutput> {
  const counts = new Map<string, Counts>();
  const add = (id: string, at: number, sum: Counts) =>
    counts.set(`${id} ${at}`, addCounts(counts.get(`${id} ${at}`), sum));
  for (let rest = [...new Set(ids)]; rest.length > 0; ) {
    const batch = sumsOfEach(rest, range);
    const rows = await inTurn(() => inIndexOrder(database.db, (tx) => readBatch(tx, batch)));
    const cut = rows.find(({ at }) => at === null)?.id;
    for (const { id, at, ...sum } of rows) if (at !== null && id !== cut) add(id, at, sum);
    rest = cut === undefined ? [] : rest.slice(rest.indexOf(cut) + 1);
    if (cut === undefined) continue;
    await walkCounts(database.db, { subject: cut, range, called: undefined }, inTurn, ({ at, ...sum }) => {
      if (at !== null) add(cut, at, sum);
    });
  }
  const items = ids.map((id) => {
    const points = pointsOf(range, (at) => counts.get(`${id} ${at}`));
    return { id, ...totalOf(points), points };
  });
  return { ...spanOf(range), items };
}

const readBatch = (tx: Db, batch: SQL) =>
  tx
    .select({ id: sql<string>`id`, at: sql<number | null>`at`, ...COUNTS_COLUMNS })
    .from(sql`(${batch}) as batch`);

/**
 * The sums of keys by bucket, in the order of the keys, as far as one statement may read. A row without a bucket names the key whose
 * counts were too many.
 */
const sumsOfEach = (ids: readonly string[], range: Range): SQL => sql`
  with counted as materialized (
    select named.id, counts.at, counts.outcome, counts.count
    from json_array_elements_text(${JSON.stringify(ids)}::text::json) as named (id)
    cross join lateral (
      select at, outcome, count from ${USAGE_TABLES[range.step]} where ${rowsOf(sql`named.id`, range)}
      limit ${COUNTS_PER_STATEMENT + 1}
    ) as counts
    limit ${COUNTS_PER_STATEMENT + 1}
  )
  select id, ${EPOCH_MS} as at, ${COUNTS} from counted group by id, counted.at
  union all
  select * from (select id, null::float8, 0::float8, 0::float8 from counted offset ${COUNTS_PER_STATEMENT}) as cut`;

function beginnings({ step, from, to }: Range): number[] {
  const { ms } = BUCKETS[step];
  return Array.from({ length: (to - from) / ms }, (_, n) => from + n * ms);
}

/** One point for each bucket, without a gap. */
const pointsOf = (range: Range, countsAt: (at: number) => Counts | undefined) =>
  beginnings(range).map((at) => ({ at: new Date(at).toISOString(), ...countsOf(countsAt(at)) }));

const spanOf = ({ from, to, step }: Range) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  step,
});

const totalOf = (points: readonly Counts[]): Counts => ({
  accepted: points.reduce((sum, { accepted }) => sum + accepted, 0),
  refused: points.reduce((sum, { refused }) => sum + refused, 0),
});

const countsOf = (sum?: Counts): Counts => ({ accepted: sum?.accepted ?? 0, refused: sum?.refused ?? 0 });

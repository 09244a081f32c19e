import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../stores/database/database.ts';
import { percentileOf } from '../stores/usage/latencies.ts';
import { BUCKETS, LATENCY_TABLES, USAGE_TABLES } from '../stores/usage/usage-buckets.ts';
import type { Range } from './range.ts';
import type { UsageKeysOutput, UsageOutput } from './schemas.ts';

const MAX_PROCEDURES = 100;

/** Sums of whole numbers, as JavaScript numbers in either driver. */
export const COUNTS = sql`
  coalesce(sum(count) filter (where outcome = 'OK'), 0)::float8 as accepted,
  coalesce(sum(count) filter (where outcome <> 'OK'), 0)::float8 as refused`;

/** The beginning of a bucket, in milliseconds. */
const EPOCH_MS = sql`(extract(epoch from at) * 1000)::float8`;

interface Counts {
  readonly accepted: number;
  readonly refused: number;
}

interface Sum extends Counts {
  /** Exactly one of these three is set: the group that the row sums. */
  readonly at: number | null;
  readonly outcome: string | null;
  readonly procedure: string | null;
}

/**
 * How the calls in a range ended: by bucket, outcome and procedure, all from one scan of the table.
 * @param subject a key, a workspace, or the keys of one environment of it
 * @param called the only procedure that counts; undefined for all
 */
export async function sumUp(
  database: Database,
  subject: string,
  range: Range,
  called: string | undefined,
): Promise<UsageOutput> {
  const sums = await database.query<Sum>(sql`
    select ${EPOCH_MS} as at, outcome, procedure, ${COUNTS}
    from ${USAGE_TABLES[range.step]} where key_id = ${subject} and ${within(range)} and ${isCalled(called)}
    group by grouping sets ((at), (outcome), (procedure))`);
  const counts = new Map(sums.map((sum) => [sum.at, sum]));
  const points = pointsOf(range, (at) => counts.get(at));
  const outcomes = sums.flatMap(({ outcome, ...sum }) =>
    outcome === null ? [] : [{ outcome, count: all(sum) }],
  );
  const procedures = sums.flatMap(({ procedure, ...sum }) =>
    procedure === null ? [] : [{ procedure, ...countsOf(sum) }],
  );
  return {
    ...spanOf(range),
    ...totalOf(points),
    points,
    outcomes: outcomes.sort((a, b) => b.count - a.count || (a.outcome < b.outcome ? -1 : 1)),
    procedures: procedures
      .sort((a, b) => all(b) - all(a) || (a.procedure < b.procedure ? -1 : 1))
      .slice(0, MAX_PROCEDURES),
    // Durations are kept neither by procedure nor by environment: of that subject there are none.
    latency: called === undefined ? await latencyOf(database, subject, range) : null,
  };
}

/** Within how many milliseconds half of the accepted calls, 95 % and 99 % of them ended. */
async function latencyOf(
  { query }: Database,
  subject: string,
  range: Range,
): Promise<UsageOutput['latency']> {
  const rows = await query<{ n: number; count: number }>(sql`
    select n::int as n, sum(count)::float8 as count
    from ${LATENCY_TABLES[range.step]}, unnest(counts) with ordinality as noted (count, n)
    where key_id = ${subject} and ${within(range)} group by n order by n`);
  if (rows.length === 0) return null;
  const counts = rows.map(({ count }) => count);
  const percentile = (share: number) => percentileOf(counts, share);
  return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}

/** How the calls of several keys ended, by bucket: from one statement, in the order of the given keys. */
export async function sumUpEach(
  { query }: Database,
  ids: readonly string[],
  range: Range,
): Promise<UsageKeysOutput> {
  const named = sql.join(
    ids.map((id) => sql`${id}`),
    sql`, `,
  );
  const sums = await query<Counts & { readonly id: string; readonly at: number }>(sql`
    select key_id as id, ${EPOCH_MS} as at, ${COUNTS}
    from ${USAGE_TABLES[range.step]} where key_id in (${named}) and ${within(range)}
    group by key_id, at`);
  const counts = new Map(sums.map((sum) => [`${sum.id} ${sum.at}`, sum]));
  const items = ids.map((id) => {
    const points = pointsOf(range, (at) => counts.get(`${id} ${at}`));
    return { id, ...totalOf(points), points };
  });
  return { ...spanOf(range), items };
}

export const within = ({ from, to }: Range): SQL =>
  sql`at >= ${new Date(from).toISOString()}::timestamptz and at < ${new Date(to).toISOString()}::timestamptz`;

export const isCalled = (procedure: string | undefined): SQL =>
  procedure === undefined ? sql`true` : sql`procedure = ${procedure}`;

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

const all = ({ accepted, refused }: Counts): number => accepted + refused;

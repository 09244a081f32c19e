import { sql } from 'drizzle-orm';
import type { Clock } from '../../lib/clock.ts';
import type { Database, Db } from '../database/database.ts';
import { BucketCounter } from './bucket-counter.ts';
import type { LoggedKey } from './request-log.ts';
import type { WritePace } from './spread-writes.ts';
import { BUCKET_SIZES, BUCKETS, type BucketSize, LATENCY_TABLES } from './usage-buckets.ts';
import type { NamedCount } from './write-behind-counter.ts';

/** Each range of durations ends this much later than the one before, so its middle is within 10 % of all in it. */
const GROWTH = 1.2;
/** The end of the first range, in milliseconds. */
const FIRST_MS = 0.1;
/** The number of the last range: it begins at a minute, and has no end. */
const LAST = 72;
/** A key has about ten times as many counts as of usage: one for each range. A minute makes one write of each. */
const PACE: WritePace = { withinRuns: 60, atLeast: 100, mayWait: 20_000 };
/** The greatest count that a column holds. */
const MAX_COUNT = 2_147_483_647;
/** The number of the range that a duration is in. */
const rangeOf = (ms: number): number =>
  ms <= FIRST_MS ? 0 : Math.min(LAST, Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH)));

/** The duration that is reported for a range, in milliseconds. */
const middleOf = (range: number): number =>
  Number((FIRST_MS * GROWTH ** (range - 0.5)).toPrecision(2 + Number(range > 0)));

/**
 * The duration within which a share of the calls ended, in milliseconds.
 * @param counts the calls of each range of durations, from the shortest; at least one call
 */
export function percentileOf(counts: readonly number[], share: number): number {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  const range = counts.findIndex((count) => {
    seen += count;
    return count > 0 && seen >= wanted;
  });
  return middleOf(range);
}

/** Counts how long the accepted calls of each key, and of each workspace's keys together, took. */
export class Latencies extends BucketCounter {
  constructor(database: Database, clock: Clock) {
    super(database, clock, { tables: LATENCY_TABLES, write, pace: PACE });
  }

  record({ id, workspaceId, payer }: LoggedKey, durationMs: number): void {
    const range = String(rangeOf(durationMs));
    this.count(id, range, payer);
    this.count(workspaceId, range, payer);
  }
}

async function write(tx: Db, counts: readonly NamedCount[]): Promise<void> {
  for (const step of BUCKET_SIZES) {
    const table = LATENCY_TABLES[step];
    await tx.execute(sql`
      insert into ${table} (key_id, at, counts)
      select key_id, at, counts from json_to_recordset(${JSON.stringify(rowsOf(counts, step))}::text::json)
        as noted (key_id text, at timestamptz, counts int[])
      order by 1, 2
      on conflict (key_id, at) do update set counts = (
        select array_agg(least(coalesce(old, 0)::bigint + coalesce(new, 0), ${MAX_COUNT}::int)::int order by n)
        from unnest(${table}.counts, excluded.counts) with ordinality as both_counts (old, new, n)
      )`);
  }
}

/** The counts of each subject and bucket as one list, which ends with the last that is not zero. */
function rowsOf(noted: readonly NamedCount[], step: BucketSize) {
  const rows = new Map<string, { key_id: string; at: string; counts: number[] }>();
  for (const [name, count] of noted) {
    const [keyId = '', minute, range] = name.split(' ');
    const { ms } = BUCKETS[step];
    const at = new Date(Math.floor((Number(minute) * BUCKETS.minute.ms) / ms) * ms).toISOString();
    const row = rows.get(`${keyId} ${at}`) ?? { key_id: keyId, at, counts: [] };
    while (row.counts.length <= Number(range)) row.counts.push(0);
    row.counts[Number(range)] = (row.counts[Number(range)] ?? 0) + count;
    rows.set(`${keyId} ${at}`, row);
  }
  return [...rows.values()];
}

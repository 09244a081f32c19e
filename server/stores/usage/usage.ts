import { sql } from 'drizzle-orm';
import { keys } from '../../../drizzle/schema.ts';
import type { FairnessKey } from '../../../shared/fairness/fairness-key.ts';
import type { Reason } from '../../../shared/refusals.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { Database, Db } from '../database/database.ts';
import { purgeBefore } from '../database/purge.ts';
import type { WritePace } from './spread-writes.ts';
import { BUCKET_SIZES, BUCKETS, oldestRetained } from './usage-buckets.ts';
import { type NamedCount, WriteBehindCounter } from './write-behind-counter.ts';

/** Different counts in memory between two writes, divided by sponsor, workspace and key. Beyond a share, calls go uncounted. */
const MAX_COUNTS = 100_000;
/** A hundred rows cost little; beyond, ten seconds make one write of a key's ten. */
const PACE: WritePace = { withinRuns: 10, atLeast: 100, mayWait: 5_000 };

/** How a call of a key ended. */
export type UsageOutcome = 'OK' | Reason;

/** The key whose call is counted. */
export interface CountedKey {
  readonly id: string;
  readonly payer: FairnessKey;
}

/**
 * Counts how the calls of each key, and of each workspace's keys together, end. Counts in memory, and adds to the
 * database within ten seconds.
 */
export class Usage {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #tally: WriteBehindCounter;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#tally = new WriteBehindCounter(database, {
      ...{ capacity: MAX_COUNTS, pace: PACE },
      write: addToAllBuckets,
    });
  }

  /** Counts that wait to be written. */
  get occupancy(): Occupancy {
    return this.#tally.occupancy;
  }

  note({ id, payer }: CountedKey, procedure: string, outcome: UsageOutcome): void {
    const minute = Math.floor(this.#clock() / BUCKETS.minute.ms);
    this.#tally.add(`${id} ${minute} ${outcome} ${procedure}`, payer);
  }

  /**
   * Writes all that was counted here before the call, or before a time of `performance.now()`; what cannot be written now is
   * written with the next.
   */
  flush(before?: number): Promise<void> {
    return this.#tally.flush(before);
  }

  /** One run of the job that writes counts. */
  writeDue(): Promise<void> {
    return this.#tally.writeDue();
  }

  /** Deletes buckets past their retention. */
  async purge(): Promise<void> {
    for (const step of BUCKET_SIZES) {
      await purgeBefore(this.#database, BUCKETS[step].table, oldestRetained(step, this.#clock()));
    }
  }
}

/**
 * Writes all buckets in one transaction, so that the sums of minutes, hours and days never differ. The keys of a
 * workspace together have a row of their own under the workspace's id, so that reading their sum does not touch each
 * key's rows.
 */
async function addToAllBuckets(tx: Db, counts: readonly NamedCount[]): Promise<void> {
  const rows = JSON.stringify(counts.map(rowOf));
  for (const step of BUCKET_SIZES) {
    const { table } = BUCKETS[step];
    // Sorted, so that two instances that add to the same rows cannot deadlock.
    await tx.execute(sql`
      with counted as (
        select key_id, date_trunc(${step}::text, at, 'UTC') as at, procedure, outcome, count
        from json_to_recordset(${rows}::text::json)
          as noted (key_id text, at timestamptz, procedure text, outcome text, count bigint)
      ), summed as (
        select * from counted
        union all
        select ${keys.workspaceId}, at, procedure, outcome, count
        from counted join ${keys} on ${keys.id} = counted.key_id
      )
      insert into ${table} (key_id, at, procedure, outcome, count)
      select key_id, at, procedure, outcome, sum(count) from summed
      group by 1, 2, 3, 4 order by 1, 2, 3, 4
      on conflict (key_id, at, procedure, outcome) do update set count = ${table}.count + excluded.count`);
  }
}

function rowOf([name, count]: NamedCount) {
  const [keyId, minute, outcome, ...procedure] = name.split(' ');
  return {
    key_id: keyId,
    at: new Date(Number(minute) * BUCKETS.minute.ms).toISOString(),
    outcome,
    procedure: procedure.join(' '),
    count,
  };
}

import { sql } from 'drizzle-orm';
import { keys } from '../../../drizzle/schema/keys.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Environment } from '../../../shared/key-format.ts';
import type { Reason } from '../../../shared/refusals.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Database, Db } from '../database/database.ts';
import { BucketCounter } from './bucket-counter.ts';
import type { WritePace } from './spread-writes.ts';
import { BUCKET_SIZES, BUCKETS, USAGE_TABLES } from './usage-buckets.ts';
import type { NamedCount } from './write-behind-counter.ts';

/** A hundred rows cost little; beyond, ten seconds make one write of a key's ten. */
const PACE: WritePace = { withinRuns: 10, atLeast: 100, mayWait: 5_000 };

/** How a call of a key ended. */
export type UsageOutcome = 'OK' | Reason;

/** The key whose call is counted. */
export interface CountedKey {
  readonly id: string;
  readonly payer: FairnessPath;
}

/** Counts how the calls of each key, and of each workspace's keys together, end. */
export class Usage extends BucketCounter {
  constructor(database: Database, clock: Clock) {
    super(database, clock, { tables: USAGE_TABLES, write: addToAllBuckets, pace: PACE });
  }

  record({ id, payer }: CountedKey, procedure: string, outcome: UsageOutcome): void {
    this.count(id, `${outcome} ${procedure}`, payer);
  }
}

/** Under which the calls of a workspace's keys of one environment are counted together. */
export const environmentSubject = (workspaceId: string, environment: Environment): string =>
  `${workspaceId} ${environment}`;

/**
 * Writes all buckets in one transaction, so that the sums of minutes, hours and days never differ. The keys of a
 * workspace together have a separate row under the workspace's id, and those of each environment another, so that
 * reading their sum does not touch each key's rows.
 */
async function addToAllBuckets(tx: Db, counts: readonly NamedCount[]): Promise<void> {
  const rows = JSON.stringify(counts.map(rowOf));
  for (const step of BUCKET_SIZES) {
    const table = USAGE_TABLES[step];
    // Sorted, so that two instances that add to the same rows cannot deadlock.
    await tx.execute(sql`
      with counted as (
        select key_id, date_trunc(${step}::text, at, 'UTC') as at, procedure, outcome, count
        from json_to_recordset(${rows}::text::json)
          as noted (key_id text, at timestamptz, procedure text, outcome text, count bigint)
      ), summed as (
        select * from counted
        union all
        select subject, at, procedure, outcome, count
        from counted join ${keys} on ${keys.id} = counted.key_id
          cross join lateral (values (${keys.workspaceId}), (${keys.workspaceId} || ' ' || ${keys.environment}))
            as subjects (subject)
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

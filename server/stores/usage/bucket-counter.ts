import type { PgTable } from 'drizzle-orm/pg-core';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Clock } from '../../lib/clock.ts';
import { BackOff } from '../../lib/concurrency/back-off.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import { attemptEach } from '../database/attempt-each.ts';
import type { Database, Db } from '../database/database.ts';
import { purgeBefore } from '../database/purge.ts';
import type { WritePace } from './spread-writes.ts';
import { BUCKET_SIZES, BUCKETS, type BucketSize, oldestRetained } from './usage-buckets.ts';
import { type NamedCount, WriteBehindCounter } from './write-behind-counter.ts';

/** Different counts in memory between two writes, divided by sponsor, workspace and key. Beyond a share, calls go uncounted. */
const MAX_COUNTS = 100_000;
/** The most runs for which a table is skipped that cannot be purged: the purge runs every minute. */
const LONGEST_WAIT = 8;

/** Where and when counts are written: a table for each size of bucket, with the columns `key_id` and `at`. */
interface Buckets {
  readonly tables: Readonly<Record<BucketSize, PgTable>>;
  /** Adds counts to the tables. The first word of a name is an id, the second a minute since 1970. */
  readonly write: (tx: Db, counts: readonly NamedCount[]) => Promise<void>;
  readonly pace: WritePace;
}

/** Counts by minute, hour and day. Counts in memory, and adds to the database in the background. */
export class BucketCounter {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #tables: Buckets['tables'];
  readonly #counter: WriteBehindCounter;
  /** The tables that could not be purged. */
  readonly #backOff = new BackOff(LONGEST_WAIT);

  constructor(database: Database, clock: Clock, { tables, write, pace }: Buckets) {
    this.#database = database;
    this.#clock = clock;
    this.#tables = tables;
    this.#counter = new WriteBehindCounter(database, { capacity: MAX_COUNTS, pace, write });
  }

  /** Counts that wait to be written. */
  get occupancy(): Occupancy {
    return this.#counter.occupancy;
  }

  /** Counts one in the current minute of an id. @param name what is counted */
  protected count(id: string, name: string, payer: FairnessPath): void {
    this.#counter.add(`${id} ${Math.floor(this.#clock() / BUCKETS.minute.ms)} ${name}`, payer);
  }

  /** Writes all that was counted here before the call; what cannot be written now is written with the next. */
  flush(): Promise<void> {
    return this.#counter.flush();
  }

  /**
   * The same for what was counted in the workspace of a reader before the call, or before a time of `performance.now()`.
   * @param payer of the reader
   */
  flushWorkspace(payer: FairnessPath, before?: number): Promise<void> {
    return this.#counter.flushWorkspace(payer, before);
  }

  /** One run of the job that writes counts. */
  writeDue(): Promise<void> {
    return this.#counter.writeDue();
  }

  /** Deletes buckets past their retention. */
  async purge(): Promise<void> {
    const purge = (step: BucketSize) =>
      purgeBefore(this.#database, this.#tables[step], oldestRetained(step, this.#clock()));
    await attemptEach(BUCKET_SIZES, (step) => step, purge, this.#backOff);
  }
}

import { sql } from 'drizzle-orm';
import { refusedCalls } from '../../../drizzle/schema/usage.ts';
import { addressGroup, addressPath, type FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Reason } from '../../../shared/refusals.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { Database, Db } from '../database/database.ts';
import { purgeBefore } from '../database/purge.ts';
import type { WritePace } from './spread-writes.ts';
import { BUCKETS, oldestRetained } from './usage-buckets.ts';
import { type NamedCount, WriteBehindCounter } from './write-behind-counter.ts';

/** IP addresses with their reasons in memory between two writes; the rest are counted together. */
const MAX_NAMES = 1_000;
/** Rows of one hour. Each of several instances may exceed it once, by what it holds between two writes. */
const MAX_ROWS_PER_HOUR = 1_000;
/**
 * Names that one network (an IPv4 /24, an IPv6 /48) may have in an hour, so that a network with many cannot hide
 * others.
 */
const MAX_NAMES_PER_NETWORK = 256;
/** Names that are remembered to enforce that. */
const MAX_REMEMBERED_NAMES = 20_000;
/** Capacity for the calls that are counted together: a count for each reason and hour. */
const MAX_OTHER_COUNTS = 1_000;
/** Each run writes all: a name that waited would hold one of the few places. */
const PACE: WritePace = { withinRuns: 1, atLeast: 0, mayWait: 0 };
/** These names need no fairness path: the limit per network above divides them. */
const UNGROUPED: FairnessPath = [];
/** The name that counts the calls of IP addresses that did not fit. */
const OTHER = 'other';

/** Unauthenticated calls from one IP address in one hour. */
export interface UnauthenticatedSummary {
  /** An IPv4 address, the /64 of an IPv6 address, or `other`. */
  readonly address: string;
  readonly at: string;
  readonly outcome: Reason;
  readonly count: number;
}

/** Counts refused unauthenticated calls by IP address. Memory and database stay bounded however many IP addresses call. */
export class UnauthenticatedCalls {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #counter: WriteBehindCounter;
  /** The names of each network in the current hour. */
  readonly #named = new Map<string, Set<string>>();
  #remembered = 0;
  #hour = 0;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#counter = new WriteBehindCounter(database, {
      capacity: MAX_NAMES + MAX_OTHER_COUNTS,
      pace: PACE,
      write: addWithinCapacity,
    });
  }

  /** Counts that wait to be written. */
  get occupancy(): Occupancy {
    return this.#counter.occupancy;
  }

  record(address: string, outcome: Reason): void {
    const hour = Math.floor(this.#clock() / BUCKETS.hour.ms);
    const name = `${hour} ${outcome} ${addressGroup(address)}`;
    const hasRoom =
      this.#counter.has(name) ||
      (this.#counter.occupancy.used < MAX_NAMES && this.#mayBeNamed(address, name, hour));
    this.#counter.add(hasRoom ? name : `${hour} ${outcome} ${OTHER}`, UNGROUPED);
  }

  #mayBeNamed(address: string, name: string, hour: number): boolean {
    if (hour !== this.#hour) {
      this.#named.clear();
      this.#remembered = 0;
      this.#hour = hour;
    }
    const [network] = addressPath(address) as [string, string];
    const names = this.#named.get(network) ?? new Set();
    if (names.has(name)) return true;
    if (names.size >= MAX_NAMES_PER_NETWORK || this.#remembered >= MAX_REMEMBERED_NAMES) return false;
    this.#named.set(network, names.add(name));
    this.#remembered++;
    return true;
  }

  flush(): Promise<void> {
    return this.#counter.flush();
  }

  /** One run of the job that writes counts. */
  writeDue(): Promise<void> {
    return this.#counter.writeDue();
  }

  /** Deletes rows as old as the hours of the usage that are no longer kept. */
  purge(): Promise<void> {
    return purgeBefore(this.#database, refusedCalls, oldestRetained('hour', this.#clock()));
  }

  /** The rows with the most calls first. @param from milliseconds @param to milliseconds, exclusive */
  async list(from: number, to: number, limit: number): Promise<UnauthenticatedSummary[]> {
    const rows = await this.#database.query<Omit<UnauthenticatedSummary, 'at'> & { at: number }>(sql`
      select address, (extract(epoch from at) * 1000)::float8 as at, outcome, count::float8 as count
      from ${refusedCalls}
      where at >= ${new Date(from).toISOString()}::timestamptz and at < ${new Date(to).toISOString()}::timestamptz
      order by count desc, address, at, outcome limit ${limit}`);
    return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
  }
}

/**
 * Adds to existing rows, and inserts new ones until the hour is full; the rest goes into one row for each reason.
 * Each hour and row is looked up by itself, because the planner might choose a scan of the whole table for a join.
 */
async function addWithinCapacity(tx: Db, counts: readonly NamedCount[]): Promise<void> {
  await tx.execute(sql`
    with counted as (
      select * from json_to_recordset(${JSON.stringify(counts.map(rowOf))}::text::json)
        as counted (address text, at timestamptz, outcome text, count bigint)
    ), stored as (
      select at, (select count(*) from ${refusedCalls} as kept where kept.at = hour.at) as n
      from (select distinct at from counted) as hour
    ), looked_up as (
      select counted.*, (
        select true from ${refusedCalls} as kept
        where (kept.address, kept.at, kept.outcome) = (counted.address, counted.at, counted.outcome)
      ) is not null as known from counted
    ), ranked as (
      select looked_up.*, ${MAX_ROWS_PER_HOUR}::int - stored.n as room,
        row_number() over (partition by at, known order by address) as nth
      from looked_up join stored using (at)
    )
    insert into ${refusedCalls} (address, at, outcome, count)
    select case when known or nth <= room then address else ${OTHER}::text end, at, outcome, sum(count)
    from ranked group by 1, 2, 3 order by 1, 2, 3
    on conflict (address, at, outcome) do update set count = ${refusedCalls}.count + excluded.count`);
}

function rowOf([name, count]: NamedCount) {
  const [hour, outcome, address] = name.split(' ');
  return { address, at: new Date(Number(hour) * BUCKETS.hour.ms).toISOString(), outcome, count };
}

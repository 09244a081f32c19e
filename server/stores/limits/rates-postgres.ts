import { LRUCache } from 'lru-cache';
import type { Sql } from 'postgres';
import { MINUTE_MS } from '../../../shared/durations.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Clock } from '../../lib/clock.ts';
import { Pacer } from '../../lib/concurrency/pacer.ts';
import { lruCache } from '../../lib/lru-cache.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import { Batcher, type BatchLoad } from '../database/batcher.ts';
import { inIndexOrderRaw } from '../database/index-order.ts';
import { LockedRowRetries } from '../database/locked-row-retries.ts';
import type { Counter, Hit, RateStore } from './rates.ts';
import { lockWindows, makeWindows, readWindows, writeLocked, writeUnchanged } from './rates-postgres-rows.ts';
import { hitAll, SlidingWindow, type WindowHit } from './sliding-window.ts';

/** Hits share statements, one at a time. If more than `maxQueued` calls wait, the store counts as unavailable. */
const BATCHES = { size: 500, maxConcurrent: 1, maxQueued: 20_000 };
/** Milliseconds after which an empty window is deleted: clocks may differ. */
const EMPTY_KEPT_MS = MINUTE_MS;
/** Windows that one statement deletes. */
const PURGED_PER_STATEMENT = 5_000;
/** Windows whose last written state is cached. */
const MAX_CACHED_WINDOWS = 20_000;
/**
 * New windows of one key, user or external owner. A service that calls `verify` may name a new limit with each call, and each
 * window is a row for as long as its limit is. An empty one is deleted: short ones are often new.
 */
const NEW_WINDOWS = { long: [{ perSecond: 1 / 30, burst: 200 }], short: [{ perSecond: 10, burst: 500 }] };
/** Seconds from which a window is long. */
const LONG_WINDOW = 600;

/** A key has created too many windows. The code is the SQLSTATE for a configured limit. */
class TooManyWindows extends Error {
  override readonly name = 'TooManyWindows';
  readonly code = '53400';
}

type Batch = readonly (readonly Counter[])[];

/**
 * Sliding windows in the table `rate_windows`, shared by all instances. A hit is decided by the state that this
 * instance last wrote, and one statement writes the result if that is still the state of the row. If another instance
 * wrote in the meantime, the store locks the rows, decides by their current state, and writes them. No statement waits for a
 * row that another instance has locked: calls that need it are submitted again.
 */
export class PostgresRateStore implements RateStore {
  readonly #sql: Sql;
  readonly #clock: Clock;
  /** Null if a window does not exist yet, or another transaction had locked it. */
  readonly #hits: Batcher<readonly Counter[], Hit | null>;
  /** Whether a window of the call was made. Calls whose windows exist do not wait for these statements. */
  readonly #makes: Batcher<readonly Counter[], boolean>;
  readonly #retries = new LockedRowRetries();
  readonly #peeks: Batcher<readonly Counter[], Hit>;
  readonly #remembered = new LRUCache<string, WindowHit>({ max: MAX_CACHED_WINDOWS });
  /** Windows that had a row, even if another instance has locked it. */
  readonly #made = lruCache<true>(MAX_CACHED_WINDOWS);
  readonly #newWindows = { long: new Pacer(NEW_WINDOWS.long), short: new Pacer(NEW_WINDOWS.short) };

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
    this.#hits = new Batcher({ ...BATCHES, payerOf, run: (batch) => this.#hitAll(batch) });
    this.#makes = new Batcher({
      ...BATCHES,
      maxConcurrent: 2,
      payerOf,
      run: (batch) => this.#makeAll(batch),
    });
    this.#peeks = new Batcher({ ...BATCHES, payerOf, run: (batch) => this.#peekAll(batch) });
  }

  get windows(): Occupancy {
    return { used: this.#remembered.size, capacity: this.#remembered.max };
  }

  get load(): BatchLoad {
    return this.#hits.load;
  }

  hit(counters: readonly Counter[]): Promise<Hit> {
    if (counters.some((counter) => this.#hasMadeTooMany(counter))) return this.#hitWithoutRoom(counters);
    return this.#retries.submit(payerOf(counters), async () => {
      const hit = await this.#hits.submit(counters);
      if (hit || !(await this.#makes.submit(counters))) return hit;
      return this.#hits.submit(counters);
    });
  }

  /** A call that is over one of its limits is refused for that: it needs no new window. */
  async #hitWithoutRoom(counters: readonly Counter[]): Promise<Hit> {
    const hit = await this.peek(counters);
    if (hit.allowed) throw new TooManyWindows('too many new rate windows of one key');
    return hit;
  }

  peek(counters: readonly Counter[]): Promise<Hit> {
    return this.#peeks.submit(counters);
  }

  async purge(): Promise<void> {
    const before = new Date(this.#clock() - EMPTY_KEPT_MS).toISOString();
    let deleted: number;
    do {
      deleted = await inIndexOrderRaw(this.#sql, async (sql) => {
        const gone = await sql`
          delete from rate_windows where ctid = any(array(
            select ctid from rate_windows where empty_at < ${before}::timestamptz
            limit ${PURGED_PER_STATEMENT} for update skip locked
          ))`;
        return gone.count;
      });
    } while (deleted === PURGED_PER_STATEMENT);
  }

  async close(): Promise<void> {
    await this.#retries.drain();
    await Promise.all([this.#hits.drain(), this.#makes.drain(), this.#peeks.drain()]);
  }

  async #hitAll(batch: Batch): Promise<(Hit | null)[]> {
    const seconds = secondsOf(batch);
    const hits = await this.#hitRemembered(batch, seconds);
    if (hits) return hits;
    return this.#hitLocked(batch, seconds);
  }

  /**
   * Null if a window is not cached or has changed. A caller who is over the limit by the cached state is over it in
   * truth, and needs no statement: hits of other instances only add.
   */
  async #hitRemembered(batch: Batch, seconds: ReadonlyMap<string, number>): Promise<Hit[] | null> {
    const before = new Map<string, WindowHit>();
    for (const id of seconds.keys()) {
      const counted = this.#remembered.get(id);
      if (!counted) return null;
      before.set(id, counted);
    }
    const windows = windowsOf(before, seconds);
    const hits = countInOrder(batch, windows, this.#clock(), true);
    const changed = [...windows].filter(([, window]) => window.changed);
    if (changed.length > 0 && !(await writeUnchanged(this.#sql, changed, before))) return null;
    this.#remember(changed);
    return hits;
  }

  /** Null for each hit with a window that another transaction has locked, or that does not exist. */
  async #hitLocked(batch: Batch, seconds: ReadonlyMap<string, number>): Promise<(Hit | null)[]> {
    const { hits, windows, missing } = await this.#sql.begin(async (sql) => {
      const rows = await lockWindows(sql, [...seconds.keys()]);
      const locked = windowsOf(rows, new Map([...seconds].filter(([id]) => rows.has(id))));
      const counted = countLocked(batch, locked, this.#clock());
      const changed = [...locked].filter(([, window]) => window.changed);
      if (changed.length > 0) await writeLocked(sql, changed);
      return {
        hits: counted,
        windows: [...locked],
        missing: [...seconds.keys()].filter((id) => !rows.has(id)),
      };
    });
    this.#remember(windows);
    for (const id of missing) this.#remembered.delete(id);
    return hits;
  }

  /** Whether a window may need a new row, and its key has created too many. */
  #hasMadeTooMany(counter: Counter): boolean {
    return !this.#made.has(counter.id) && this.#pacerOf(counter).waits(subjectOf(counter)).some(Boolean);
  }

  /** Makes the windows that do not exist. */
  async #makeAll(batch: Batch): Promise<boolean[]> {
    const counters = new Map(batch.flat().map((counter) => [counter.id, counter]));
    const made = new Set(await makeWindows(this.#sql, [...counters.keys()], this.#clock()));
    for (const counter of counters.values()) {
      if (made.has(counter.id)) this.#pacerOf(counter).take(subjectOf(counter));
    }
    return batch.map((call) => call.some(({ id }) => made.has(id)));
  }

  #pacerOf({ limit: { windowSeconds } }: Counter): Pacer {
    return this.#newWindows[windowSeconds < LONG_WINDOW ? 'short' : 'long'];
  }

  async #peekAll(batch: Batch): Promise<Hit[]> {
    const seconds = secondsOf(batch);
    const rows = await readWindows(this.#sql, [...seconds.keys()]);
    return countInOrder(batch, windowsOf(rows, seconds), this.#clock(), false);
  }

  #remember(windows: readonly [id: string, window: SlidingWindow][]): void {
    for (const [id, window] of windows) {
      this.#remembered.set(id, window.counted);
      this.#made.set(id, true);
    }
  }
}

/** The key, user or external owner whose calls are counted. */
const subjectOf = ({ payer }: Counter): FairnessPath => payer.slice(-1);

const payerOf = ([first]: readonly Counter[]): FairnessPath => first?.payer ?? [];

/** Every window that the calls need, with its length in seconds. */
function secondsOf(batch: Batch): Map<string, number> {
  return new Map(batch.flat().map((counter) => [counter.id, counter.limit.windowSeconds]));
}

function windowsOf(
  counted: ReadonlyMap<string, WindowHit>,
  seconds: ReadonlyMap<string, number>,
): ReadonlyMap<string, SlidingWindow> {
  return new Map([...seconds].map(([id, length]) => [id, new SlidingWindow(length, counted.get(id))]));
}

/** Decides and counts the hits for which all windows are locked. */
function countLocked(batch: Batch, locked: ReadonlyMap<string, SlidingWindow>, now: number): (Hit | null)[] {
  const isLocked = (counters: readonly Counter[]) => counters.every(({ id }) => locked.has(id));
  const hits = countInOrder(batch.filter(isLocked), locked, now, true).values();
  return batch.map((counters) => (isLocked(counters) ? (hits.next().value ?? null) : null));
}

/** Decides hits one after the other, in the order in which they were submitted. */
function countInOrder(
  batch: Batch,
  windows: ReadonlyMap<string, SlidingWindow>,
  now: number,
  count: boolean,
): Hit[] {
  return batch.map((counters) => {
    const callWindows = counters.map((counter) => windows.get(counter.id) as SlidingWindow);
    const limits = counters.map(({ limit }) => limit);
    return hitAll(callWindows, limits, now, count);
  });
}

import type { Sql } from 'postgres';
import { Batches } from './batches.ts';
import type { Clock } from './clock.ts';
import { type Counter, counterId, type Hit, type RateStore } from './rates.ts';
import { type Counted, hitAll, SlidingWindow } from './sliding-window.ts';

/** Hits share transactions; where too many wait, the database counts as not there. */
const BATCHES = { size: 500, atOnce: 2, waiting: 20_000 };
/** A window is deleted this long after it was empty, in milliseconds: clocks may differ. */
const KEPT_MS = 60_000;

/** Sliding windows in the table `rate_windows`, shared by all instances: rows are locked, judged, and written. */
export class PostgresRateStore implements RateStore {
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #hits: Batches<readonly Counter[], Hit>;
  readonly #looks: Batches<readonly Counter[], Hit>;

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
    this.#hits = new Batches({ ...BATCHES, run: (asked) => this.#hitAll(asked) });
    this.#looks = new Batches({ ...BATCHES, run: (asked) => this.#lookAll(asked) });
  }

  hit(counters: readonly Counter[]): Promise<Hit> {
    return this.#hits.ask(counters);
  }

  look(counters: readonly Counter[]): Promise<Hit> {
    return this.#looks.ask(counters);
  }

  async purge(): Promise<void> {
    await this
      .#sql`delete from rate_windows where empty_at < ${moment(this.#clock() - KEPT_MS)}::timestamptz`;
  }

  async close(): Promise<void> {
    await Promise.all([this.#hits.done(), this.#looks.done()]);
  }

  async #hitAll(asked: readonly (readonly Counter[])[]): Promise<Hit[]> {
    const seconds = secondsOf(asked);
    for (;;) {
      const hits = await this.#tryAll(asked, seconds);
      if (hits) return hits;
      // Made before the transaction that locks them, so that two instances cannot wait for each other.
      const emptyAt = moment(this.#clock());
      await this.#sql`
        insert into rate_windows (id, empty_at) select id, ${emptyAt}::timestamptz from json_array_elements_text(${json(seconds.keys())}::text::json) as id
        order by id on conflict do nothing`;
    }
  }

  /** Null where a window has no row yet. */
  async #tryAll(
    asked: readonly (readonly Counter[])[],
    seconds: ReadonlyMap<string, number>,
  ): Promise<Hit[] | null> {
    return this.#sql.begin(async (sql) => {
      // What a crash of the database forgets here are the hits of its last moment: no commit waits for the disk.
      const rows = await sql<Row[]>`
        select id, slices, counts, set_config('synchronous_commit', 'off', true)
        from rate_windows where id in (select json_array_elements_text(${json(seconds.keys())}::text::json))
        order by id for update`;
      if (rows.length < seconds.size) return null;
      const windows = windowsOf(rows, seconds);
      const hits = judge(asked, windows, this.#clock(), true);
      const changed = [...windows].filter(([, window]) => window.changed);
      if (changed.length > 0) await write(sql, changed);
      return hits;
    });
  }

  async #lookAll(asked: readonly (readonly Counter[])[]): Promise<Hit[]> {
    const seconds = secondsOf(asked);
    const rows = await this.#sql<Row[]>`
      select id, slices, counts from rate_windows where id in (select json_array_elements_text(${json(seconds.keys())}::text::json))`;
    return judge(asked, windowsOf(rows, seconds), this.#clock(), false);
  }
}

/** Milliseconds as text: the driver's own writing of dates is drizzle's. */
const moment = (ms: number): string => new Date(ms).toISOString();

const json = (ids: Iterable<string>): string => JSON.stringify([...ids]);

interface Row extends Counted {
  readonly id: string;
}

/** Every window that is asked for, and how long it is. */
function secondsOf(asked: readonly (readonly Counter[])[]): Map<string, number> {
  return new Map(asked.flat().map((counter) => [counterId(counter), counter.limit.windowSeconds]));
}

function windowsOf(
  rows: readonly Row[],
  seconds: ReadonlyMap<string, number>,
): ReadonlyMap<string, SlidingWindow> {
  const counted = new Map(rows.map((row) => [row.id, row]));
  return new Map([...seconds].map(([id, length]) => [id, new SlidingWindow(length, counted.get(id))]));
}

/** One after the other, as they were asked. */
function judge(
  asked: readonly (readonly Counter[])[],
  windows: ReadonlyMap<string, SlidingWindow>,
  now: number,
  count: boolean,
): Hit[] {
  return asked.map((counters) => {
    const own = counters.map((counter) => windows.get(counterId(counter)) as SlidingWindow);
    return hitAll(
      own,
      counters.map(({ limit }) => limit),
      now,
      count,
    );
  });
}

async function write(
  sql: Parameters<Parameters<Sql['begin']>[1]>[0],
  windows: readonly [id: string, window: SlidingWindow][],
): Promise<void> {
  const rows = windows.map(([id, { counted, emptyAt }]) => ({ id, ...counted, empty_at: moment(emptyAt) }));
  await sql`
    update rate_windows w set slices = a.slices, counts = a.counts, empty_at = a.empty_at
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as a (id text, slices jsonb, counts jsonb, empty_at timestamptz)
    where w.id = a.id`;
}

import type { Sql, TransactionSql } from 'postgres';
import type { SlidingWindow, WindowHit } from './sliding-window.ts';

/** A window under its id. */
type WindowById = readonly [id: string, window: SlidingWindow];

/** A row as the driver returns it: eight-byte integers and lists are strings. */
interface Row {
  readonly id: string;
  readonly first: string;
  readonly hits: string;
}

// Lists and times are sent as strings: this driver connection knows no array types, and drizzle takes over the writing of
// dates.
const json = (value: unknown): string => JSON.stringify(value);
const timestamp = (ms: number): string => new Date(ms).toISOString();

/** No commit waits for the disk. A crash of the database loses only the hits of its last moment. */
const NO_WAIT = "set_config('synchronous_commit', 'off', true)";

export async function readWindows(sql: Sql, ids: readonly string[]): Promise<Map<string, WindowHit>> {
  return byId(
    await sql<Row[]>`
      select id, first, hits from rate_windows
      where id in (select json_array_elements_text(${json(ids)}::text::json))`,
  );
}

/**
 * Inserts the missing rows, empty. It filters out existing rows first, because `on conflict` waits for a transaction
 * that is writing one. It commits at once: an instance that stalls leaves no uncommitted row for which others would wait.
 * @param now milliseconds
 * @returns the ids of the new rows
 */
export async function makeWindows(sql: Sql, ids: readonly string[], now: number): Promise<string[]> {
  const made = await sql<{ id: string }[]>`
    insert into rate_windows (id, empty_at)
    select id, ${timestamp(now)}::timestamptz from json_array_elements_text(${json(ids)}::text::json) as requested (id)
    where not exists (select from rate_windows as made where made.id = requested.id)
    order by id on conflict do nothing
    returning id, ${sql.unsafe(NO_WAIT)}`;
  return made.map(({ id }) => id);
}

/** Locks rows until the transaction ends. Skips rows that another transaction has locked or that do not exist. */
export async function lockWindows(
  sql: TransactionSql,
  ids: readonly string[],
): Promise<Map<string, WindowHit>> {
  return byId(
    await sql<Row[]>`
      select id, first, hits, ${sql.unsafe(NO_WAIT)}
      from rate_windows where id in (select json_array_elements_text(${json(ids)}::text::json))
      order by id for update skip locked`,
  );
}

export async function writeLocked(sql: TransactionSql, windows: readonly WindowById[]): Promise<void> {
  await sql`
    update rate_windows w set first = a.first, hits = a.hits, empty_at = a.empty_at
    from json_to_recordset(${json(windows.map(rowOf))}::text::json)
      as a (id text, first bigint, hits int[], empty_at timestamptz)
    where w.id = a.id`;
}

/**
 * Writes windows if each of them is unchanged and unlocked; otherwise writes none.
 * @returns whether it wrote them
 */
export async function writeUnchanged(
  sql: Sql,
  windows: readonly WindowById[],
  before: ReadonlyMap<string, WindowHit>,
): Promise<boolean> {
  const requested = windows.map(([id, window]) => {
    const { first, hits } = before.get(id) as WindowHit;
    return Object.assign(rowOf([id, window]), { old_first: first, old_hits: hits });
  });
  const [row] = await sql<{ written: number }[]>`
    with requested as materialized (
      select * from json_to_recordset(${json(requested)}::text::json) as a (
        id text, first bigint, hits int[], empty_at timestamptz, old_first bigint, old_hits int[])
    ), locked as materialized (
      select id, first, hits from rate_windows where id in (select id from requested)
      order by id for update skip locked
    ), same as materialized (
      select count(*) = (select count(*) from requested) as so from requested join locked using (id)
      where locked.first = old_first and locked.hits = old_hits
    ), written as (
      update rate_windows w set first = a.first, hits = a.hits, empty_at = a.empty_at
      from requested a where w.id = a.id and (select so from same)
      returning w.id
    )
    select count(*)::int as written, ${sql.unsafe(NO_WAIT)} from written`;
  return row?.written === windows.length;
}

function rowOf([id, { counted, emptyAt }]: WindowById) {
  const { first, hits } = counted;
  return { id, first, hits, empty_at: timestamp(emptyAt) };
}

function byId(rows: readonly Row[]): Map<string, WindowHit> {
  const listOf = (text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number));
  return new Map(rows.map(({ id, first, hits }) => [id, { first: Number(first), hits: listOf(hits) }]));
}

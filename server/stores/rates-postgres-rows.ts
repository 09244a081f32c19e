import type { Sql, TransactionSql } from 'postgres';
import type { Counted, SlidingWindow } from './sliding-window.ts';

/** A window under its id. */
type Named = readonly [id: string, window: SlidingWindow];

interface Row extends Counted {
  readonly id: string;
}

// Lists and moments go as text: the driver knows no array types here, and writing dates is drizzle's in it.
const json = (value: unknown): string => JSON.stringify(value);
const moment = (ms: number): string => new Date(ms).toISOString();

/** What a crash of the database forgets of windows are the hits of its last moment: no commit waits for the disk. */
const NO_WAIT = "set_config('synchronous_commit', 'off', true)";

export async function readWindows(sql: Sql, ids: readonly string[]): Promise<Map<string, Counted>> {
  return byId(
    await sql<Row[]>`
      select id, slices, counts from rate_windows
      where id in (select json_array_elements_text(${json(ids)}::text::json))`,
  );
}

/** Makes the rows that are not there yet, empty. @param now milliseconds */
export async function makeWindows(sql: Sql, ids: readonly string[], now: number): Promise<void> {
  await sql`
    insert into rate_windows (id, empty_at)
    select id, ${moment(now)}::timestamptz from json_array_elements_text(${json(ids)}::text::json) as id
    order by id on conflict do nothing`;
}

/** Locks rows, in one order on every instance, until the transaction ends. */
export async function lockWindows(
  sql: TransactionSql,
  ids: readonly string[],
): Promise<Map<string, Counted>> {
  return byId(
    await sql<Row[]>`
      select id, slices, counts, ${sql.unsafe(NO_WAIT)}
      from rate_windows where id in (select json_array_elements_text(${json(ids)}::text::json))
      order by id for update`,
  );
}

export async function writeLocked(sql: TransactionSql, windows: readonly Named[]): Promise<void> {
  await sql`
    update rate_windows w set slices = a.slices, counts = a.counts, empty_at = a.empty_at
    from json_to_recordset(${json(windows.map(rowOf))}::text::json)
      as a (id text, slices jsonb, counts jsonb, empty_at timestamptz)
    where w.id = a.id`;
}

/**
 * Writes windows where every one of them still holds what it held before; else none.
 * @returns whether they were written
 */
export async function writeUnchanged(
  sql: Sql,
  windows: readonly Named[],
  before: ReadonlyMap<string, Counted>,
): Promise<boolean> {
  const asked = windows.map(([id, window]) => {
    const { slices, counts } = before.get(id) as Counted;
    return Object.assign(rowOf([id, window]), { old_slices: slices, old_counts: counts });
  });
  const [row] = await sql<{ written: number }[]>`
    with asked as materialized (
      select * from json_to_recordset(${json(asked)}::text::json) as a (
        id text, slices jsonb, counts jsonb, empty_at timestamptz, old_slices jsonb, old_counts jsonb)
    ), held as materialized (
      select id, slices, counts from rate_windows where id in (select id from asked) order by id for update
    ), same as materialized (
      select count(*) = (select count(*) from asked) as so from asked join held using (id)
      where held.slices = old_slices and held.counts = old_counts
    ), written as (
      update rate_windows w set slices = a.slices, counts = a.counts, empty_at = a.empty_at
      from asked a where w.id = a.id and (select so from same)
      returning w.id
    )
    select count(*)::int as written, ${sql.unsafe(NO_WAIT)} from written`;
  return row?.written === windows.length;
}

function rowOf([id, { counted, emptyAt }]: Named) {
  const { slices, counts } = counted;
  return { id, slices, counts, empty_at: moment(emptyAt) };
}

function byId(rows: readonly Row[]): Map<string, Counted> {
  return new Map(rows.map(({ id, slices, counts }) => [id, { slices, counts }]));
}

import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** @returns the seconds by which a clock, in milliseconds, is ahead of the database's; negative if it is behind */
export async function secondsAheadOf({ query }: Database, clock: () => number): Promise<number> {
  const before = clock();
  const [row] = await query<{ now: string }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::text as now`,
  );
  return ((before + clock()) / 2 - Number(row?.now)) / 1000;
}

import type { Sql } from 'postgres';
import { connectPostgres, Upstream } from './connection/connect.ts';

/**
 * Checks, on a separate connection, whether commits of this role wait for a synchronous standby.
 * @param pools what the pools know about the servers: the query goes to the one that accepts writes
 * @returns the value of synchronous_standby_names; null if none waits, or that cannot be seen
 */
export async function standbysAwaited(url: string, pools: Upstream): Promise<string | null> {
  const upstream = new Upstream(true);
  upstream.first = pools.first;
  let client: Sql | null = null;
  try {
    client = connectPostgres(url, { max: 1, upstream });
    // A healthy commit also waits briefly.
    const [row] = await client<{ names: string }[]>`
      select current_setting('synchronous_standby_names') as names from pg_stat_activity
      where wait_event = 'SyncRep' and clock_timestamp() - state_change > interval '1 s' limit 1`;
    return row?.names ?? null;
  } catch {
    return null;
  } finally {
    await client?.end({ timeout: 1 });
  }
}

import { connectPostgres, Upstream } from './connection/connect.ts';

/**
 * Asks, on a connection of its own, whether commits of this role wait for a synchronous standby.
 * @returns the value of synchronous_standby_names; null if none waits, or that cannot be seen
 */
export async function standbysAwaited(url: string): Promise<string | null> {
  const client = connectPostgres(url, { max: 1, upstream: new Upstream(false) });
  try {
    // In good times a commit waits for a moment too.
    const [row] = await client<{ names: string }[]>`
      select current_setting('synchronous_standby_names') as names from pg_stat_activity
      where wait_event = 'SyncRep' and clock_timestamp() - state_change > interval '1 s' limit 1`;
    return row?.names ?? null;
  } catch {
    return null;
  } finally {
    await client.end({ timeout: 1 });
  }
}

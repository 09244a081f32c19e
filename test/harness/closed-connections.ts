import type { Sql } from 'postgres';
import { vi } from 'vitest';

/** Waits until a service that was stopped has no connection: Postgres has counted what each did once it is closed. */
export function connectionsClosed(behind: Sql): Promise<void> {
  return vi.waitFor(
    async () => {
      const open = await behind`
        select 1 from pg_stat_activity where datname = current_database() and application_name = 'keyseal'`;
      if (open.length > 0) throw new Error(`${open.length} are open`);
    },
    { timeout: 10_000, interval: 20 },
  );
}

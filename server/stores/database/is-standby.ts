import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** A standby accepts no writes, and a refused write would end the connection. */
export async function isStandby({ query }: Pick<Database, 'query'>): Promise<boolean> {
  const [session] = await query<{ mode: string }>(
    sql`select current_setting('transaction_read_only') as mode`,
  );
  return session?.mode === 'on';
}

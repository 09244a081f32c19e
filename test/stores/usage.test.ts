import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { Usage } from '../../server/stores/usage/usage.ts';
import { freshPglite } from '../harness/fresh.ts';

it('S7: counts between two writes are bounded and divided, and have room again afterwards', async () => {
  const database = await openDatabase({ databaseUrl: null, dataDir: await freshPglite() });
  const usage = new Usage(database, Date.now);
  const note = (id: string, workspaceId: string) =>
    usage.note({ id, payer: [workspaceId, workspaceId, id] }, 'exemple', 'OK');
  for (let i = 0; i < 60_000; i++) note(`busy${i}`, 'busy');
  for (let i = 0; i < 100; i++) note(`other${i}`, 'other');
  await usage.flush();
  const counted = async (prefix: string) => {
    const [row] = await database.query<{ n: number }>(
      sql`select count(*)::int as n from usage where key_id like ${`${prefix}%`}`,
    );
    return row?.n;
  };
  // A workspace may have as many as are free: half, if it is the only one.
  expect(await counted('other')).toBe(100);
  expect(await counted('busy')).toBeGreaterThan(24_000);
  expect(await counted('busy')).toBeLessThanOrEqual(25_000);
  note('other-later', 'other');
  await usage.flush();
  expect(await counted('other')).toBe(101);
  await database.close();
});

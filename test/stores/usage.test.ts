import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { Usage } from '../../server/stores/usage/usage.ts';
import { freshPglite } from '../harness/fresh.ts';

it('S7: counts between two writes are limited and divided, and have room again afterwards', async () => {
  const database = await openDatabase({ databaseUrl: null, dataDir: await freshPglite() });
  const usage = new Usage(database, Date.now);
  const note = (id: string, workspaceId: string) =>
    usage.record({ id, payer: [workspaceId, workspaceId, id] }, 'exemple', 'OK');
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

it('counts of many keys are spread over ten runs of the job, and each is written once', async () => {
  const database = await openDatabase({ databaseUrl: null, dataDir: await freshPglite() });
  const usage = new Usage(database, () => 1_800_000_000_000);
  const noteAll = () => {
    for (let i = 0; i < 900; i++)
      usage.record({ id: `key${i}`, payer: ['one', 'one', `key${i}`] }, 'exemple', 'OK');
  };
  const stored = async () => {
    const [row] = await database.query<{ rows: number; calls: number }>(
      sql`select count(*)::int as rows, coalesce(sum(count), 0)::int as calls from usage`,
    );
    return row;
  };
  noteAll();
  await usage.writeDue();
  expect([await stored(), usage.occupancy.used]).toEqual([{ rows: 100, calls: 100 }, 800]);
  for (let run = 0; run < 8; run++) {
    noteAll();
    await usage.writeDue();
  }
  // The last hundred were noted in each of nine runs, the first in the first alone, and then waited again.
  expect(await stored()).toEqual({ rows: 900, calls: 100 * (1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9) });
  await usage.flush();
  expect([await stored(), usage.occupancy.used]).toEqual([{ rows: 900, calls: 8_100 }, 0]);
  await database.close();
});

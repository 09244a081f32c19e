import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openDatabase } from '../../server/stores/open-database.ts';
import { Usage } from '../../server/stores/usage.ts';
import { freshPglite } from '../harness/fresh.ts';

it('what is counted between two writes is bounded, and has room again after them', async () => {
  const database = await openDatabase({ databaseUrl: null, dataDir: await freshPglite() });
  const usage = new Usage(database, Date.now);
  for (let i = 0; i < 60_000; i++) usage.note(`key${i}`, 'exemple', 'OK');
  await usage.flush();
  const rows = () => database.query<{ n: number }>(sql`select count(*)::int as n from usage`);
  expect(await rows()).toEqual([{ n: 50_000 }]);
  usage.note('key60000', 'exemple', 'OK');
  await usage.flush();
  expect(await rows()).toEqual([{ n: 50_001 }]);
  await database.close();
});

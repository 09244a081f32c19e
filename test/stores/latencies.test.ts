import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { Latencies, percentileOf } from '../../server/stores/usage/latencies.ts';
import { freshPglite } from '../harness/fresh.ts';

const key = (id: string) =>
  ({ id, workspaceId: 'wsp', environment: 'live', payer: ['wsp', 'wsp', id] }) as const;

it('percentiles are within 10 % of the true ones, merged from what two instances wrote, for a key and its workspace', async () => {
  const database = await openDatabase({ databaseUrl: null, dataDir: await freshPglite() });
  const now = () => 1_800_000_000_000;
  const [one, two] = [new Latencies(database, now), new Latencies(database, now)];
  for (let ms = 1; ms <= 1_000; ms++) (ms % 2 ? one : two).record(key('even'), ms);
  one.record(key('other'), 500);
  await one.flush();
  await two.flush();
  await one.flush();
  for (const table of ['latencies', 'latency_hours', 'latency_days'])
    for (const [subject, calls] of [
      ['even', 1_000],
      ['wsp', 1_001],
    ] as const) {
      const [row] = await database.query<{ counts: number[] }>(
        sql`select counts from ${sql.identifier(table)} where key_id = ${subject}`,
      );
      const counts = row?.counts ?? [];
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(calls);
      for (const share of [0.5, 0.95, 0.99]) {
        const error = percentileOf(counts, share) / (share * 1_000) - 1;
        // The rank of the percentile moves by one call more in the workspace.
        expect(Math.abs(error)).toBeLessThan(0.102);
      }
    }
  await database.close();
});

it.each([0, 0.04, 0.1])('a call of %d ms counts in the first range', (ms) => {
  const database = {} as never;
  const latencies = new Latencies(database, () => 0);
  latencies.record(key('fast'), ms);
  expect(latencies.occupancy.used).toBe(2);
  expect(percentileOf([1], 0.5)).toBeLessThanOrEqual(0.1);
});

it('S7: counts between two writes are bounded', () => {
  const latencies = new Latencies({} as never, () => 0);
  for (let n = 0; n < 200_000; n++) latencies.record(key(`key${n}`), 1);
  const { used, capacity } = latencies.occupancy;
  expect(used).toBeLessThanOrEqual(capacity / 4 + 1);
});

import type { Sql } from 'postgres';
import { LastUsed } from '../../server/stores/credentials/last-used.ts';
import type { Database } from '../../server/stores/database/database.ts';
import { Usage } from '../../server/stores/usage/usage.ts';
import type { Meter } from '../processes/meter.ts';
import type { Row } from '../report/result.ts';
import { rowOf } from '../report/rows.ts';

/** The disk space of a nonce, and the cost of deleting it. */
export async function nonceRows({ sql }: Database, meter: Meter): Promise<Row[]> {
  const [row] = await meter.sql<{ n: number }[]>`select count(*)::int as n from nonces`;
  const rows = row?.n ?? 0;
  const { heap, indices } = await meter.sizesOf('nonces');
  let ms = 0;
  const { result, wal } = await meter.around(async () => {
    const begun = performance.now();
    const gone = await (sql as Sql)`
      delete from nonces where ctid = any(array(select ctid from nonces where t > 0 limit 10000))`;
    ms = performance.now() - begun;
    return gone.count;
  });
  const begun = performance.now();
  await meter.sql`vacuum nonces`;
  const vacuum = performance.now() - begun;
  return [
    rowOf('a nonce, its row', 'bytes', [heap / rows]),
    rowOf('a nonce, its index entries', 'bytes', [indices / rows]),
    rowOf('the purge of 10,000', 'ms', [(ms * 10_000) / result]),
    rowOf('the purge, WAL of each', 'bytes', [wal / result]),
    rowOf('the vacuum after it', 'ms', [vacuum]),
  ];
}

/** The writes per second for a key in use, however often it is used. */
export async function countRows(database: Database, meter: Meter, ids: readonly string[]): Promise<Row[]> {
  const usage = new Usage(database, Date.now);
  const lastUsed = new LastUsed(database.db);
  const rows: Row[] = [];
  for (const [name, note, flush] of [
    [
      'counts',
      (id: string) => usage.record({ id, payer: ['bench', 'bench', id] }, 'echo', 'OK'),
      () => usage.flush(),
    ],
    [
      'last use',
      (id: string) => lastUsed.record({ id, payer: ['bench', 'bench', id] }, Date.now(), false),
      () => lastUsed.flush(),
    ],
  ] as const) {
    const took: number[] = [];
    const written: number[] = [];
    for (let i = 0; i < 5; i++) {
      for (const id of ids) note(id);
      const { wal, pages } = await meter.around(async () => {
        const begun = performance.now();
        await flush();
        took.push(performance.now() - begun);
      });
      written.push((wal - pages) / ids.length);
    }
    rows.push(
      rowOf(`${name}, WAL of a key`, 'bytes', written),
      rowOf(`${name}, of ${ids.length} keys`, 'ms', took),
    );
  }
  return rows;
}

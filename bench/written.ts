import type { Sql } from 'postgres';
import type { BatchLoad } from '../server/stores/batches.ts';
import type { Database } from '../server/stores/database.ts';
import { LastUsed } from '../server/stores/last-used.ts';
import { openDatabase } from '../server/stores/open-database.ts';
import { Usage } from '../server/stores/usage.ts';
import { Vault } from '../server/stores/vault.ts';
import { type Asking, claiming, hitting, recording, spending } from './askings.ts';
import { drive } from './drive.ts';
import { atTheEnd } from './ending.ts';
import { ASKING, benchKey } from './keyring.ts';
import { Meter } from './meter.ts';
import type { Plan } from './plan.ts';
import { keysDatabase } from './postgres.ts';
import type { Part, Row } from './result.ts';
import { rowOf } from './rows.ts';
import { settingOn } from './setting.ts';
import { count } from './spread.ts';
import type { Unit } from './units.ts';

/** What one round of asking took: of a statement, or of an answer. */
interface Round {
  readonly perSecond: number;
  readonly together: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly wal: number;
}

/** What the steps of a sealed call write to Postgres and take of it: one store at a time, asked in process. */
export async function measureWritten({ written, verify: { callers, few } }: Plan): Promise<Part> {
  const url = await keysDatabase({ usable: callers, total: few });
  const config = settingOn(url);
  const databases = [await openDatabase(config), await openDatabase(config)] as const;
  const meter = new Meter(url);
  atTheEnd(() => Promise.all([meter.close(), ...databases.map((one) => one.close())]));
  const vault = new Vault(config.masterKeys ?? []);
  const ids = Array.from({ length: callers }, (_, i) => benchKey(ASKING + 1 + i).id);
  const askings = [
    await claiming(databases[0], vault, ids),
    ...hitting(databases, ids),
    ...(await spending(databases, ids)),
    ...recording(databases[0], vault),
  ];
  const rows: Row[] = [];
  for (const asking of askings) rows.push(...(await measure(asking, meter, written)));
  rows.push(...(await nonceRows(databases[0], meter)), ...(await countRows(databases[0], meter, ids)));
  return {
    title: `what is asked of Postgres, ${count(callers)} keys, ${written.rounds} rounds; CPU is Postgres’, of an answer`,
    rows,
  };
}

/** What is told of asking. */
const TOLD: readonly (readonly [of: keyof Round, name: string, unit: Unit])[] = [
  ['perSecond', '', 'calls/s'],
  ['together', ', of a statement', '×'],
  ['p50', ', median', 'ms'],
  ['p99', ', p99', 'ms'],
  ['cpu', ', CPU', 'µs'],
  ['wal', ', WAL', 'bytes'],
];

async function measure(asking: Asking, meter: Meter, { rounds, roundS }: Plan['written']): Promise<Row[]> {
  await drive(64, 1, asking.ask);
  const rows: Row[] = [];
  for (const inFlight of asking.inFlight) {
    const done: Round[] = [];
    for (let i = 0; i < rounds; i++) done.push(await round(asking, meter, inFlight, roundS));
    rows.push(
      ...TOLD.map(([of, name, unit]) =>
        rowOf(
          `${asking.name}, ${inFlight} in flight${name}`,
          unit,
          done.map((one) => one[of]),
        ),
      ),
    );
  }
  return rows;
}

async function round(
  { ask, loads }: Asking,
  meter: Meter,
  inFlight: number,
  seconds: number,
): Promise<Round> {
  const before = sum(loads());
  const { result, cpu, wal, pages } = await meter.around(() => drive(inFlight, seconds, ask));
  const after = sum(loads());
  const { calls, p50, p99 } = result;
  return {
    perSecond: calls / result.seconds,
    together: (after.questions - before.questions) / (after.statements - before.statements) || 1,
    p50,
    p99,
    cpu: cpu / calls,
    wal: (wal - pages) / calls,
  };
}

function sum(loads: readonly (BatchLoad | null)[]): { statements: number; questions: number } {
  const add = (of: 'statements' | 'questions') => loads.reduce((all, load) => all + (load?.[of] ?? 0), 0);
  return { statements: add('statements'), questions: add('questions') };
}

/** What a nonce takes of the disk, and what it takes to forget it. */
async function nonceRows({ sql }: Database, meter: Meter): Promise<Row[]> {
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

/** What is written each second for a key that was used in it, however often. */
async function countRows(database: Database, meter: Meter, ids: readonly string[]): Promise<Row[]> {
  const usage = new Usage(database, Date.now);
  const lastUsed = new LastUsed(database.db);
  const rows: Row[] = [];
  for (const [name, note, flush] of [
    ['counts', (id: string) => usage.note(id, 'echo', 'OK'), () => usage.flush()],
    ['last use', (id: string) => lastUsed.note(id, Date.now(), false), () => lastUsed.flush()],
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

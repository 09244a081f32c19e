import type { BatchLoad } from '../../server/stores/database/batcher.ts';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { Vault } from '../../server/stores/secrets/vault.ts';
import { ASKING, benchKey } from '../fixtures/keyring.ts';
import { settingOn } from '../fixtures/setting.ts';
import { type Asking, claiming, hitting, recording, spending } from '../fixtures/workloads.ts';
import { drive } from '../load/drive.ts';
import type { Plan } from '../plan.ts';
import { atTheEnd } from '../processes/cleanup.ts';
import { Meter } from '../processes/meter.ts';
import { keysDatabase } from '../processes/postgres.ts';
import type { Part, Row } from '../report/result.ts';
import { rowOf } from '../report/rows.ts';
import { count } from '../report/stats.ts';
import type { Unit } from '../report/units.ts';
import { countRows, nonceRows } from './storage-cost.ts';

/** The cost of one round: per statement, and per answer. */
interface Round {
  readonly perSecond: number;
  readonly together: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly wal: number;
}

/** What the steps of a signed call write to Postgres and use of it: one store at a time, in process. */
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

/** The reported values of a workload. */
const REPORTED: readonly (readonly [of: keyof Round, name: string, unit: Unit])[] = [
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
      ...REPORTED.map(([of, name, unit]) =>
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

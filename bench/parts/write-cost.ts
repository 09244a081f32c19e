import type { BatchLoad } from '../../server/stores/database/batcher.ts';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { Vault } from '../../server/stores/secrets/vault.ts';
import { benchKey, VERIFYING_KEY } from '../fixtures/keyring.ts';
import { settingOn } from '../fixtures/setting.ts';
import {
  auditWorkloads,
  claimWorkload,
  creditWorkloads,
  limitWorkloads,
  type Workload,
} from '../fixtures/workloads.ts';
import { drive } from '../load/drive.ts';
import type { Plan } from '../plan.ts';
import { onCleanup } from '../processes/cleanup.ts';
import { Meter } from '../processes/meter.ts';
import { keysDatabase } from '../processes/postgres.ts';
import type { Part, Row } from '../report/result.ts';
import { rowOf } from '../report/rows.ts';
import { count } from '../report/stats.ts';
import type { Unit } from '../report/units.ts';
import { countRows, nonceRows } from './storage-cost.ts';

/** The cost of one round: per statement, and per operation. */
interface Round {
  readonly perSecond: number;
  readonly together: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly wal: number;
}

/** What the steps of a signed call write to Postgres and use of it: one store at a time, in process. */
export async function measureWriteCost({ written, verify: { callers, few } }: Plan): Promise<Part> {
  const url = await keysDatabase({ usable: callers, total: few });
  const config = settingOn(url);
  const databases = [await openDatabase(config), await openDatabase(config)] as const;
  const meter = new Meter(url);
  onCleanup(() => Promise.all([meter.close(), ...databases.map((one) => one.close())]));
  const vault = new Vault(config.masterKeys ?? []);
  const ids = Array.from({ length: callers }, (_, i) => benchKey(VERIFYING_KEY + 1 + i).id);
  const workloads = [
    await claimWorkload(databases[0], vault, ids),
    ...limitWorkloads(databases, ids),
    ...(await creditWorkloads(databases, ids)),
    ...auditWorkloads(databases[0], vault),
  ];
  const rows: Row[] = [];
  for (const workload of workloads) rows.push(...(await measure(workload, meter, written)));
  rows.push(...(await nonceRows(databases[0], meter)), ...(await countRows(databases[0], meter, ids)));
  return {
    title: `work of Postgres, ${count(callers)} keys, ${written.rounds} rounds; CPU is Postgres’, of an answer`,
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

async function measure(
  workload: Workload,
  meter: Meter,
  { rounds, roundS }: Plan['written'],
): Promise<Row[]> {
  await drive(64, 1, workload.run);
  const rows: Row[] = [];
  for (const inFlight of workload.inFlight) {
    const done: Round[] = [];
    for (let i = 0; i < rounds; i++) done.push(await round(workload, meter, inFlight, roundS));
    rows.push(
      ...REPORTED.map(([of, name, unit]) =>
        rowOf(
          `${workload.name}, ${inFlight} in flight${name}`,
          unit,
          done.map((one) => one[of]),
        ),
      ),
    );
  }
  return rows;
}

async function round(
  { run, loads }: Workload,
  meter: Meter,
  inFlight: number,
  seconds: number,
): Promise<Round> {
  const before = sum(loads());
  const { result, cpu, wal, pages } = await meter.around(() => drive(inFlight, seconds, run));
  const after = sum(loads());
  const { calls, p50, p99 } = result;
  return {
    perSecond: calls / result.seconds,
    together: (after.entries - before.entries) / (after.statements - before.statements) || 1,
    p50,
    p99,
    cpu: cpu / calls,
    wal: (wal - pages) / calls,
  };
}

function sum(loads: readonly (BatchLoad | null)[]): { statements: number; entries: number } {
  const add = (of: 'statements' | 'entries') => loads.reduce((all, load) => all + (load?.[of] ?? 0), 0);
  return { statements: add('statements'), entries: add('entries') };
}

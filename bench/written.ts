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
import { settingOn } from './setting.ts';
import { count, spreadOf, spreadText } from './spread.ts';

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
export async function measureWritten({ written, verify: { callers, few } }: Plan): Promise<void> {
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
  console.log(`\nwhat is asked of Postgres, ${count(callers)} keys (median of ${written.rounds} rounds)`);
  console.log('per answer: us of CPU of Postgres, bytes of WAL; ms that an answer took\n');
  for (const asking of askings) await measure(asking, meter, written);
  await tellNonces(databases[0], meter);
  await tellCounts(databases[0], meter, ids);
}

async function measure(asking: Asking, meter: Meter, { rounds, roundS }: Plan['written']): Promise<void> {
  await drive(64, 1, asking.ask);
  for (const inFlight of asking.inFlight) {
    const done: Round[] = [];
    for (let i = 0; i < rounds; i++) done.push(await round(asking, meter, inFlight, roundS));
    const median = (of: keyof Round) => spreadOf(done.map((one) => one[of])).median;
    const tell = (of: keyof Round) => median(of).toFixed(1).padStart(7);
    console.log(
      `${`${asking.name}, ${inFlight} in flight`.padEnd(58)} ${spreadText(spreadOf(done.map((one) => one.perSecond)))}` +
        ` of a statement ${tell('together')}  p50 ${tell('p50')}  p99 ${tell('p99')}  CPU ${tell('cpu')}  WAL ${tell('wal')}`,
    );
  }
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
async function tellNonces({ sql }: Database, meter: Meter): Promise<void> {
  const [row] = await meter.sql<{ n: number }[]>`select count(*)::int as n from nonces`;
  const rows = row?.n ?? 0;
  const { heap, indices } = await meter.sizesOf('nonces');
  console.log(
    `\nnonces: ${count(rows)} rows, bytes of each ${(heap / rows).toFixed(0)}, its index entries ${(indices / rows).toFixed(0)}`,
  );
  let ms = 0;
  const { result, wal } = await meter.around(async () => {
    const begun = performance.now();
    const gone = await (sql as Sql)`
      delete from nonces where ctid = any(array(select ctid from nonces where t > 0 limit 10000))`;
    ms = performance.now() - begun;
    return gone.count;
  });
  console.log(
    `the purge of ${count(result)}: ${ms.toFixed(0)} ms, ${(wal / result).toFixed(0)} bytes of WAL each`,
  );
  const begun = performance.now();
  await meter.sql`vacuum nonces`;
  console.log(`vacuum after it: ${(performance.now() - begun).toFixed(0)} ms`);
}

/** What is written each second for a key that was used in it, however often. */
async function tellCounts(database: Database, meter: Meter, ids: readonly string[]): Promise<void> {
  const usage = new Usage(database, Date.now);
  const lastUsed = new LastUsed(database.db);
  for (const [name, note, flush] of [
    ['counts', (id: string) => usage.note(id, 'echo', 'OK'), () => usage.flush()],
    ['last use', (id: string) => lastUsed.note(id, Date.now(), false), () => lastUsed.flush()],
  ] as const) {
    const rounds: { ms: number; wal: number }[] = [];
    for (let i = 0; i < 5; i++) {
      for (const id of ids) note(id);
      let ms = 0;
      const { wal, pages } = await meter.around(async () => {
        const begun = performance.now();
        await flush();
        ms = performance.now() - begun;
      });
      rounds.push({ ms, wal: (wal - pages) / ids.length });
    }
    const median = (of: 'ms' | 'wal') => spreadOf(rounds.map((one) => one[of])).median;
    console.log(
      `${name}: ${median('wal').toFixed(0)} bytes of WAL a key, ${median('ms').toFixed(0)} ms for ${ids.length}`,
    );
  }
}

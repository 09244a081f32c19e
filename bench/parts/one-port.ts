import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../server/lib/package-root.ts';
import { freePort } from '../../test/harness/embedded-postgres.ts';
import { startHaproxy } from '../../test/harness/proxies.ts';
import { load, type Target } from '../load/load.ts';
import { answerOf, TARGET, TEXT } from '../load/request.ts';
import { inTurn, newHolders, requestSigner } from '../load/signed-call.ts';
import type { Plan } from '../plan.ts';
import { onCleanup } from '../processes/cleanup.ts';
import { undisturbed } from '../processes/foreign-load.ts';
import { newDatabase } from '../processes/postgres.ts';
import { type ServerProcess, startServer } from '../processes/server-process.ts';
import type { Part, Row } from '../report/result.ts';
import { ratioOf, rowOf } from '../report/rows.ts';
import { count } from '../report/stats.ts';

/** Calls of the first load, from which the length of the others is estimated. */
const GUESS = 500;

/** One value for each round. */
interface Speeds {
  /** Calls per second of wall-clock time. */
  readonly wall: number[];
  /** Calls per second of the CPU time of all processes. */
  readonly perCore: number[];
}

/** `echo` with all three proofs on one process, and on two, behind one port as docs/operators/running.md says. */
export async function measureOnePort({ pair, echo: { keys } }: Plan): Promise<Part> {
  const title = `\`POST ${TARGET}\` through HAProxy, one Postgres, ${count(keys)} keys in turn, ${pair.rounds} rounds`;
  if (spawnSync('haproxy', ['-v']).status !== 0) {
    console.log('This part needs HAProxy: left out');
    return { title, rows: [] };
  }
  const one = await measure(1, pair, keys);
  const two = await measure(2, pair, keys);
  return {
    title,
    rows: [
      ...rowsOf('one process', one),
      ...rowsOf('two processes', two),
      ratioOf('two against one, of time', two.wall, one.wall),
    ],
  };
}

const rowsOf = (name: string, { wall, perCore }: Speeds): Row[] => [
  rowOf(`${name}, of time`, 'calls/s', wall),
  rowOf(name, 'calls/s per core', perCore),
];

async function measure(processes: number, turns: Plan['pair'], keys: number): Promise<Speeds> {
  const { target, served, stop } = await startBehindOnePort(processes, keys);
  const guess = await load(target, GUESS);
  const pace = await load(target, Math.ceil(guess * turns.warmUpS));
  const calls = Math.ceil(pace * turns.roundS);
  const speeds: Speeds = { wall: [], perCore: [] };
  for (let round = 0; round < turns.rounds; round++) {
    const { wall, cpu } = await undisturbed(async () => {
      const before = await cpuOf(served);
      return { wall: await load(target, calls), cpu: (await cpuOf(served)) - before };
    });
    speeds.wall.push(wall);
    speeds.perCore.push((calls * 1e6) / cpu);
  }
  await stop();
  return speeds;
}

async function cpuOf(served: readonly ServerProcess[]): Promise<number> {
  const each = await Promise.all(served.map((one) => one.cpu()));
  return each.reduce((sum, cpu) => sum + cpu, 0);
}

async function startBehindOnePort(processes: number, keys: number) {
  const ports: number[] = [];
  while (ports.length < processes) ports.push(await freePort());
  const proxy = await startHaproxy((port) => configurationOf(port, ports));
  onCleanup(() => proxy.stop());
  const env = {
    BENCH_DATABASE_URL: await newDatabase(`one_port_${processes}`),
    BENCH_ORIGIN: `http://localhost:${proxy.port}`,
  };
  const served: ServerProcess[] = [];
  for (const port of ports)
    served.push(await startServer('keyseal-postgres', { ...env, BENCH_PORT: String(port) }));
  const holders = await newHolders(proxy.port, keys);
  const right = new Set(
    holders.map(({ id, userId }) => answerOf({ text: TEXT, caller: { keyId: id, userId } })),
  );
  const target: Target = {
    port: proxy.port,
    make: inTurn(holders.map((holder) => requestSigner(holder, `localhost:${proxy.port}`, TARGET))),
    isRight: (body) => right.has(body),
  };
  const stop = async () => {
    for (const one of served) await one.stop();
    await proxy.stop();
  };
  return { target, served, stop };
}

/** The configuration in the documentation, for these ports. Without checks: no process stops, and their startup is awaited. */
function configurationOf(port: number, ports: readonly number[]): string {
  const page = readFileSync(join(PACKAGE_ROOT, 'docs', 'operators', 'running.md'), 'utf8');
  const text = /```haproxy\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const servers = ports.map((to, n) => `  server process${n} 127.0.0.1:${to}\n`).join('');
  return text
    .replace('bind :8080', `bind 127.0.0.1:${port}`)
    .replace(/^ {2}(option httpchk|default-server check|# Two failures).*\n/gm, '')
    .replace(/^( {2}server .*\n)+/m, servers);
}

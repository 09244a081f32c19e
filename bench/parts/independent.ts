import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PACKAGE_ROOT } from '../../server/lib/package-root.ts';
import type { Contender } from '../load/contender.ts';
import type { Holder } from '../load/signed-call.ts';
import type { Plan } from '../plan.ts';
import { onCleanup } from '../processes/cleanup.ts';
import { pin } from '../processes/cores.ts';
import { startEchoServers } from '../processes/echo-servers.ts';
import type { Part } from '../report/result.ts';
import { ratioOf, rowOf } from '../report/rows.ts';

const GENERATOR = join(PACKAGE_ROOT, 'bench', 'independent', 'load.py');

/** A server, as the generator knows it: the request, and its answer if it differs from Keyseal's. */
interface GeneratorTarget {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly sends: 'sealed' | 'plain';
  readonly answer?: string;
  readonly holder?: Holder;
}

/** For each server: microseconds of its CPU for a call, and calls per second, one for each round. */
type Measured = Readonly<Record<string, { readonly cpu: number[]; readonly speed: number[] }>>;

/** The same servers under a load generator in another language, written from the documentation. */
export async function loadIndependently({ independent }: Plan): Promise<Part> {
  const title = `\`bench/independent/load.py\`, ${independent.rounds} rounds of ${independent.calls} calls`;
  if (spawnSync('python3', ['--version']).status !== 0 || process.platform !== 'linux') {
    console.log('It takes Linux and python3: left out');
    return { title, rows: [] };
  }
  const { all, stop } = await startEchoServers();
  const { sealed, bare, trpc, open, fastify } = all;
  // Keyseal first: servers without credentials of their own are called with its.
  const servers = [
    targetOf(sealed, {}),
    targetOf(bare, { answer: bare.expected }),
    targetOf(trpc, { answer: trpc.expected, sends: 'plain' }),
    targetOf(open, { answer: open.expected }),
    targetOf(fastify, { holder: fastify.holder }),
  ];
  const unpin = pin(servers.map(({ pid }) => pid));
  const measured = await generate({ ...independent, servers });
  unpin();
  await stop();
  const perCore = ({ name }: Contender) =>
    (measured[name]?.cpu ?? []).map((microseconds) => 1e6 / microseconds);
  return {
    title,
    rows: [
      ...[bare, trpc, open, sealed, fastify].map((each) =>
        rowOf(each.name, 'calls/s per core', perCore(each)),
      ),
      ratioOf('sealed against tRPC', perCore(sealed), perCore(trpc)),
      ratioOf('sealed against unguarded', perCore(sealed), perCore(open)),
      ratioOf('sealed against bare', perCore(sealed), perCore(bare)),
      ratioOf('sealed against Fastify', perCore(sealed), perCore(fastify)),
    ],
  };
}

const targetOf = (
  { name, port, pid }: Contender,
  more: Partial<Pick<GeneratorTarget, 'answer' | 'holder' | 'sends'>>,
): GeneratorTarget => ({ name, port, pid, sends: 'sealed', ...more });

async function generate(plan: object): Promise<Measured> {
  const child = spawn('python3', [GENERATOR], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  onCleanup(() => end(child));
  child.stdin.end(JSON.stringify(plan));
  const said = await text(child.stdout);
  await exit;
  if (child.exitCode !== 0) throw new Error('the generator has ended before its time');
  return JSON.parse(said);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}

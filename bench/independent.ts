import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PACKAGE_ROOT } from '../server/package-root.ts';
import { pin } from './cores.ts';
import { atTheEnd } from './ending.ts';
import { startPeer } from './peers.ts';
import type { Plan } from './plan.ts';
import { answerOf, TEXT } from './request.ts';
import type { Part } from './result.ts';
import { ratioOf, rowOf } from './rows.ts';
import type { Holder } from './sealed.ts';
import { serve, servedBy } from './served.ts';
import type { Started } from './servers/child.ts';

const GENERATOR = join(PACKAGE_ROOT, 'bench', 'independent', 'load.py');

/** A server, as the generator is told of it: what it is sent, and where that is not Keyseal's, what it answers. */
interface Told {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly sends: 'sealed' | 'plain';
  readonly answer?: string;
  readonly holder?: Holder;
}

/** Of each server: microseconds of its CPU for a call, and calls a second, one for each round. */
type Measured = Readonly<Record<string, { readonly cpu: number[]; readonly speed: number[] }>>;

const [SEALED, BARE, TRPC, OPEN, FASTIFY] = [
  'Keyseal, all three proofs',
  'bare node:http',
  'tRPC standalone, unsecured',
  'Keyseal, unguarded',
  'Fastify, the same by hand',
] as const;

/** The same servers under a load generator that was written from the documentation, in another language. */
export async function loadIndependently({ independent }: Plan): Promise<Part> {
  const title = `\`bench/independent/load.py\`, ${independent.rounds} rounds of ${independent.calls} calls`;
  if (spawnSync('python3', ['--version']).status !== 0 || process.platform !== 'linux') {
    console.log('It takes Linux and python3: left out');
    return { title, rows: [] };
  }
  const { servers, stop } = await start();
  const unpin = pin(servers.map(({ pid }) => pid));
  const measured = await generate({ ...independent, servers });
  unpin();
  await stop();
  const perCore = (name: string) => (measured[name]?.cpu ?? []).map((microseconds) => 1e6 / microseconds);
  return {
    title,
    rows: [
      ...servers.map(({ name }) => rowOf(name, 'calls/s per core', perCore(name))),
      ratioOf('sealed against tRPC', perCore(SEALED), perCore(TRPC)),
      ratioOf('sealed against unguarded', perCore(SEALED), perCore(OPEN)),
      ratioOf('sealed against bare', perCore(SEALED), perCore(BARE)),
      ratioOf('sealed against Fastify', perCore(SEALED), perCore(FASTIFY)),
    ],
  };
}

/** Keyseal first: by its credentials all are called that have none of their own. */
async function start(): Promise<{ servers: Told[]; stop: () => Promise<void> }> {
  // As long as those that the generator will make for itself.
  const caller = { keyId: '0'.repeat(12), userId: '00000000-0000-4000-8000-000000000000' };
  const answer = answerOf({ text: TEXT, caller });
  const keyseal = await serve('keyseal');
  const bare = await serve('bare', { BENCH_ANSWER: answer });
  const trpc = await serve('standalone');
  const open = await serve('keyseal-open', {
    BENCH_CALLER: JSON.stringify(caller),
    BENCH_ORIGIN: `http://localhost:${keyseal.port}`,
  });
  const peer = await startPeer<Started & { holder: Holder }>('fastify', {});
  const fastify = servedBy(peer);
  const servers: Told[] = [
    { name: SEALED, port: keyseal.port, pid: keyseal.pid, sends: 'sealed' },
    { name: BARE, port: bare.port, pid: bare.pid, sends: 'sealed', answer },
    { name: TRPC, port: trpc.port, pid: trpc.pid, sends: 'plain', answer: answerOf({ text: TEXT }) },
    { name: OPEN, port: open.port, pid: open.pid, sends: 'sealed', answer },
    { name: FASTIFY, port: fastify.port, pid: fastify.pid, sends: 'sealed', holder: peer.ready.holder },
  ];
  const stop = async () => {
    for (const served of [keyseal, bare, trpc, open, fastify]) await served.stop();
  };
  return { servers, stop };
}

async function generate(plan: object): Promise<Measured> {
  const child = spawn('python3', [GENERATOR], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  atTheEnd(() => end(child));
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

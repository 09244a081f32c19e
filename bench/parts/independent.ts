import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../server/lib/package-root.ts';
import { type Contender, takeTurns } from '../load/contender.ts';
import type { Holder } from '../load/signed-call.ts';
import type { Plan } from '../plan.ts';
import { pin } from '../processes/cores.ts';
import { startEchoServers } from '../processes/echo-servers.ts';
import { undisturbed } from '../processes/foreign-load.ts';
import { startLineProcess } from '../processes/line-process.ts';
import type { Part, Row } from '../report/result.ts';
import { ratioOf, rowOf } from '../report/rows.ts';
import { statsOf } from '../report/stats.ts';

const GENERATOR = join(PACKAGE_ROOT, 'bench', 'independent', 'load.py');

/** A server, as the generator knows it: the request, and its responses if they differ from Keyseal's. */
interface GeneratorTarget {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly sends: 'signed' | 'plain';
  readonly answers?: readonly string[];
  readonly holders?: readonly Holder[];
}

/** For each server: microseconds of its CPU for a call, and calls per second. */
type Round = Readonly<Record<string, { readonly cpu: number; readonly speed: number }>>;

/** The same servers under a load generator in another language, written from the documentation. */
export async function loadIndependently({ independent, echo }: Plan): Promise<Part> {
  const { rounds, calls } = independent;
  const title = `\`bench/independent/load.py\`, ${rounds} rounds of ${calls} calls, beside the generator in TypeScript`;
  if (spawnSync('python3', ['--version']).status !== 0 || process.platform !== 'linux') {
    console.log('This part needs Linux and python3: left out');
    return { title, rows: [] };
  }
  const { all, stop } = await startEchoServers(echo.keys);
  const { signed, bare, trpc, open, fastify } = all;
  // Keyseal first: servers without their own credentials are called with Keyseal's.
  const servers = [
    targetOf(signed, {}),
    targetOf(bare, { answers: bare.expected }),
    targetOf(trpc, { answers: trpc.expected, sends: 'plain' }),
    targetOf(open, { answers: open.expected }),
    targetOf(fastify, { holders: fastify.holders }),
  ];
  const unpin = pin(servers.map(({ pid }) => pid));
  const measured = await generate(rounds, { calls, keys: echo.keys, servers });
  const own = await takeTurns([signed, trpc], { ...echo, rounds });
  unpin();
  await stop();
  const perCore = ({ name }: Contender) => measured.map((round) => 1e6 / (round[name]?.cpu ?? Number.NaN));
  return {
    title,
    rows: [
      ...[bare, trpc, open, signed, fastify].flatMap((each) => [
        rowOf(each.name, 'calls/s per core', perCore(each)),
        rowOf(
          `${each.name}, of time`,
          'calls/s',
          measured.map((round) => round[each.name]?.speed ?? Number.NaN),
        ),
      ]),
      ratioOf('signed against tRPC', perCore(signed), perCore(trpc)),
      ratioOf('signed against unguarded', perCore(signed), perCore(open)),
      ratioOf('signed against bare', perCore(signed), perCore(bare)),
      ratioOf('signed against Fastify', perCore(signed), perCore(fastify)),
      ...agreement(
        { signed: own.get(signed)?.perCore ?? [], trpc: own.get(trpc)?.perCore ?? [] },
        { signed: perCore(signed), trpc: perCore(trpc) },
      ),
    ],
  };
}

interface PerCore {
  readonly signed: readonly number[];
  readonly trpc: readonly number[];
}

/** Signed against tRPC by both generators, and the larger of the two against the smaller. */
function agreement(typescript: PerCore, python: PerCore): Row[] {
  const ratio = ({ signed, trpc }: PerCore) => statsOf(signed).median / statsOf(trpc).median;
  const [one, other] = [ratio(typescript), ratio(python)];
  const differ = Math.max(one / other, other / one);
  return [
    ratioOf('signed against tRPC, by the generator in TypeScript', typescript.signed, typescript.trpc),
    rowOf('one generator against the other', '×', [differ], 'generators agree'),
  ];
}

const targetOf = (
  { name, port, pid }: Contender,
  more: Partial<Pick<GeneratorTarget, 'answers' | 'holders' | 'sends'>>,
): GeneratorTarget => ({ name, port, pid, sends: 'signed', ...more });

async function generate(rounds: number, plan: object): Promise<Round[]> {
  const generator = startLineProcess('python3', [GENERATOR]);
  await generator.ask(plan);
  const measured: Round[] = [];
  while (measured.length < rounds) {
    measured.push(await undisturbed(() => generator.ask<Round>({})));
  }
  await generator.stop();
  return measured;
}

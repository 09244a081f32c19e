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

/** A server, as the generator knows it: the request, and its answers if they differ from Keyseal's. */
interface GeneratorTarget {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly sends: 'sealed' | 'plain';
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
    console.log('It takes Linux and python3: left out');
    return { title, rows: [] };
  }
  const { all, stop } = await startEchoServers(echo.keys);
  const { sealed, bare, trpc, open, fastify } = all;
  // Keyseal first: servers without credentials of their own are called with its.
  const servers = [
    targetOf(sealed, {}),
    targetOf(bare, { answers: bare.expected }),
    targetOf(trpc, { answers: trpc.expected, sends: 'plain' }),
    targetOf(open, { answers: open.expected }),
    targetOf(fastify, { holders: fastify.holders }),
  ];
  const unpin = pin(servers.map(({ pid }) => pid));
  const measured = await generate(rounds, { calls, keys: echo.keys, servers });
  const own = await takeTurns([sealed, trpc], { ...echo, rounds });
  unpin();
  await stop();
  const perCore = ({ name }: Contender) => measured.map((round) => 1e6 / (round[name]?.cpu ?? Number.NaN));
  return {
    title,
    rows: [
      ...[bare, trpc, open, sealed, fastify].flatMap((each) => [
        rowOf(each.name, 'calls/s per core', perCore(each)),
        rowOf(
          `${each.name}, of time`,
          'calls/s',
          measured.map((round) => round[each.name]?.speed ?? Number.NaN),
        ),
      ]),
      ratioOf('sealed against tRPC', perCore(sealed), perCore(trpc)),
      ratioOf('sealed against unguarded', perCore(sealed), perCore(open)),
      ratioOf('sealed against bare', perCore(sealed), perCore(bare)),
      ratioOf('sealed against Fastify', perCore(sealed), perCore(fastify)),
      ...agreement(
        { sealed: own.get(sealed)?.perCore ?? [], trpc: own.get(trpc)?.perCore ?? [] },
        { sealed: perCore(sealed), trpc: perCore(trpc) },
      ),
    ],
  };
}

interface PerCore {
  readonly sealed: readonly number[];
  readonly trpc: readonly number[];
}

/** Sealed against tRPC by both generators, and the larger of the two against the smaller. */
function agreement(typescript: PerCore, python: PerCore): Row[] {
  const ratio = ({ sealed, trpc }: PerCore) => statsOf(sealed).median / statsOf(trpc).median;
  const [one, other] = [ratio(typescript), ratio(python)];
  const differ = Math.max(one / other, other / one);
  return [
    ratioOf('sealed against tRPC, by the generator in TypeScript', typescript.sealed, typescript.trpc),
    rowOf('one generator against the other', '×', [differ], 'generators agree'),
  ];
}

const targetOf = (
  { name, port, pid }: Contender,
  more: Partial<Pick<GeneratorTarget, 'answers' | 'holders' | 'sends'>>,
): GeneratorTarget => ({ name, port, pid, sends: 'sealed', ...more });

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

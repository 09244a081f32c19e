import { type Contender, latencies, takeTurns } from './contender.ts';
import { pin } from './cores.ts';
import { type EchoServers, startEchoServers } from './echo-servers.ts';
import { loadSteadily } from './load.ts';
import type { Plan } from './plan.ts';
import { BODY, TARGET } from './request.ts';
import type { Part } from './result.ts';
import { ratioOf, rowOf } from './rows.ts';
import { spreadOf } from './spread.ts';

/** `POST /api/echo` over HTTP: Keyseal with all three proofs, and what it is measured beside. */
export async function compareEcho({ echo }: Plan): Promise<Part> {
  const { all, stop } = await startEchoServers();
  const unpin = pin(Object.values(all).map(({ pid }) => pid));
  const speeds = await takeTurns(Object.values(all), echo);
  const of = (who: keyof EchoServers) => speeds.get(all[who]) as NonNullable<ReturnType<typeof speeds.get>>;
  const perCore = (who: keyof EchoServers) => of(who).perCore;
  const half = spreadOf(of('sealed').wall).median / 2;
  const steady = await atPace(all.sealed, half, echo);
  unpin();
  await stop();
  const names = Object.keys(all) as (keyof EchoServers)[];
  return {
    title: `\`POST ${TARGET}\` of ${BODY.length} bytes, ${echo.rounds} rounds; all but tRPC’s are sent the sealed request`,
    rows: [
      ...names.map((who) => rowOf(all[who].name, 'calls/s per core', perCore(who))),
      ...names.map((who) => rowOf(`${all[who].name}, of time`, 'calls/s', of(who).wall)),
      ratioOf('sealed against tRPC', perCore('sealed'), perCore('trpc'), 'by tRPC'),
      ratioOf('sealed against unguarded', perCore('sealed'), perCore('open'), 'by open'),
      ratioOf('sealed against bare', perCore('sealed'), perCore('bare'), 'by bare'),
      ratioOf('sealed against Fastify', perCore('sealed'), perCore('fastify'), 'by Fastify'),
      ratioOf('sealed against Fastify, tokens cached', perCore('sealed'), perCore('fastifyCached')),
      rowOf(
        'sealed, median at half of the load',
        'ms',
        steady.map(({ median }) => median),
      ),
      rowOf(
        'sealed, p99 at half of the load',
        'ms',
        steady.map(({ p99 }) => p99),
      ),
      ratioOf(
        'p99 against median',
        steady.map(({ p99 }) => p99),
        steady.map(({ median }) => median),
        'p99 by median',
      ),
    ],
  };
}

/** Latencies of each round at a constant pace. */
async function atPace(sealed: Contender, perSecond: number, { rounds, roundS }: Plan['echo']) {
  const measured = [];
  for (let round = 0; round < rounds; round++) {
    measured.push(latencies(await loadSteadily(sealed, perSecond, Math.ceil(perSecond * roundS))));
  }
  return measured;
}

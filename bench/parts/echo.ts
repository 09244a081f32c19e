import { type Speeds, takeTurns } from '../load/contender.ts';
import { BODY, TARGET } from '../load/request.ts';
import type { Plan } from '../plan.ts';
import { pin } from '../processes/cores.ts';
import { type EchoServers, startEchoServers } from '../processes/echo-servers.ts';
import type { Part, Row } from '../report/result.ts';
import { ratioOf, rowOf } from '../report/rows.ts';
import { statsOf } from '../report/stats.ts';
import { measureAtPace } from './constant-rate.ts';

/** `POST /api/echo` over HTTP: Keyseal with all three proofs, and the servers compared with it. */
export async function compareEcho({ echo }: Plan): Promise<Part> {
  const { all, stop } = await startEchoServers();
  const unpin = pin(Object.values(all).map(({ pid }) => pid));
  const speeds = await takeTurns(Object.values(all), echo);
  const of = (who: keyof EchoServers) => speeds.get(all[who]) as Speeds;
  const half = statsOf(of('sealed').wall).median / 2;
  const latencies = await measureAtPace(all.sealed, all.bare, half, echo);
  unpin();
  await stop();
  const measured = [...speeds].map(([{ name }, each]) => [name, each] as const);
  return {
    title: `\`POST ${TARGET}\` of ${BODY.length} bytes, ${echo.rounds} rounds; all but tRPC’s receive the signed request`,
    rows: [
      ...measured.map(([name, { perCore }]) => rowOf(name, 'calls/s per core', perCore)),
      ...measured.map(([name, { wall }]) => rowOf(`${name}, of time`, 'calls/s', wall)),
      ...ratiosOf((who) => of(who).perCore),
      ...latencies,
    ],
  };
}

function ratiosOf(perCore: (who: keyof EchoServers) => readonly number[]): Row[] {
  const sealed = perCore('sealed');
  return [
    ratioOf('sealed against tRPC', sealed, perCore('trpc'), 'by tRPC'),
    ratioOf('sealed against unguarded', sealed, perCore('open'), 'by open'),
    ratioOf('sealed against bare', sealed, perCore('bare'), 'by bare'),
    ratioOf('sealed against Fastify', sealed, perCore('fastify'), 'by Fastify'),
    ratioOf('sealed against Fastify, tokens cached', sealed, perCore('fastifyCached')),
  ];
}

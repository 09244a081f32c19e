import { type Speeds, takeTurns } from '../load/contender.ts';
import { BODY, TARGET } from '../load/request.ts';
import type { Plan } from '../plan.ts';
import { pin } from '../processes/cores.ts';
import { type EchoServers, startEchoServers } from '../processes/echo-servers.ts';
import type { Part, Row } from '../report/result.ts';
import { ratioOf, rowOf } from '../report/rows.ts';
import { count, statsOf } from '../report/stats.ts';
import { measureAtPace } from './constant-rate.ts';

/** `POST /api/echo` over HTTP: Keyseal with all three proofs, and the servers compared with it. */
export async function compareEcho({ echo }: Plan): Promise<Part> {
  const { all, stop } = await startEchoServers(echo.keys);
  const unpin = pin(Object.values(all).map(({ pid }) => pid));
  const speeds = await takeTurns(Object.values(all), echo);
  const of = (who: keyof EchoServers) => speeds.get(all[who]) as Speeds;
  const half = statsOf(of('signed').wall).median / 2;
  const latencies = await measureAtPace(all.signed, all.bare, half, echo);
  unpin();
  await stop();
  const measured = [...speeds].map(([{ name }, each]) => [name, each] as const);
  return {
    title: `\`POST ${TARGET}\` of ${BODY.length} bytes, ${count(echo.keys)} keys in turn, ${echo.rounds} rounds; all but tRPC’s receive the signed request`,
    rows: [
      ...measured.flatMap(([name, { perCore, wall }]) => [
        rowOf(name, 'calls/s per core', perCore),
        rowOf(`${name}, of time`, 'calls/s', wall),
      ]),
      ...ratiosOf(of),
      costOf(of('signed').perCore, of('open').perCore),
      ...latencies,
    ],
  };
}

const RIVALS = [
  ['tRPC', 'trpc', 'by tRPC'],
  ['unguarded', 'open', undefined],
  ['bare', 'bare', 'by bare'],
  ['Fastify', 'fastify', 'by Fastify'],
  ['Fastify, tokens cached', 'fastifyCached', undefined],
] as const;

/** By the server's CPU, which the targets are about, and by wall-clock time. */
function ratiosOf(of: (who: keyof EchoServers) => Speeds): Row[] {
  const signed = of('signed');
  return RIVALS.flatMap(([name, who, aim]) => [
    ratioOf(`signed against ${name}`, signed.perCore, of(who).perCore, aim),
    ratioOf(`signed against ${name}, of time`, signed.wall, of(who).wall),
  ]);
}

/** The CPU of a call that the proofs add to the same call without a guard. */
function costOf(signed: readonly number[], open: readonly number[]): Row {
  const added = signed.map((perCore, round) => 1e6 / perCore - 1e6 / (open[round] ?? Number.NaN));
  return rowOf('what the proofs add to a call, of CPU', 'µs', added, 'cost of the proofs');
}

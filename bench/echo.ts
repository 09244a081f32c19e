import { type Contender, latencies, takeTurns } from './contender.ts';
import { pin } from './cores.ts';
import { loadSteadily } from './load.ts';
import { startPeer } from './peers.ts';
import type { Plan } from './plan.ts';
import { answerOf, BODY, plain, TARGET, TEXT } from './request.ts';
import type { Part } from './result.ts';
import { ratioOf, rowOf } from './rows.ts';
import { type Holder, newHolder, sealer } from './sealed.ts';
import { type Served, serve, servedBy } from './served.ts';
import type { Started } from './servers/child.ts';
import { spreadOf } from './spread.ts';

/** Who answers, in the order of their turns. */
interface Contenders {
  readonly bare: Contender;
  readonly trpc: Contender;
  readonly open: Contender;
  readonly sealed: Contender;
  readonly fastify: Contender;
  readonly fastifyCached: Contender;
}

/** `POST /api/echo` over HTTP: Keyseal with all three proofs, and what it is measured beside. */
export async function compareEcho({ echo }: Plan): Promise<Part> {
  const { all, stop } = await start();
  const unpin = pin(Object.values(all).map(({ pid }) => pid));
  const speeds = await takeTurns(Object.values(all), echo);
  const of = (who: keyof Contenders) => speeds.get(all[who]) as NonNullable<ReturnType<typeof speeds.get>>;
  const perCore = (who: keyof Contenders) => of(who).perCore;
  const half = spreadOf(of('sealed').wall).median / 2;
  const steady = await atPace(all.sealed, half, echo);
  unpin();
  await stop();
  const names = Object.keys(all) as (keyof Contenders)[];
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

async function start(): Promise<{ all: Contenders; stop: () => Promise<void> }> {
  const keyseal = await serve('keyseal');
  const holder = await newHolder(keyseal.port);
  const make = sealer(holder, `localhost:${keyseal.port}`, TARGET);
  const expected = answerOf({ text: TEXT, caller: callerOf(holder) });
  const bare = await serve('bare', { BENCH_ANSWER: expected });
  const trpc = await serve('standalone');
  const open = await serve('keyseal-open', {
    BENCH_CALLER: JSON.stringify(callerOf(holder)),
    // Of one name with the other, so that it can be sent the same bytes.
    BENCH_ORIGIN: `http://localhost:${keyseal.port}`,
  });
  const fastify = await startFastify('off');
  const cached = await startFastify('on');
  const all = {
    bare: contender('bare node:http', bare, make, expected),
    trpc: contender('tRPC standalone, unsecured', trpc, plain(TARGET), answerOf({ text: TEXT })),
    open: contender('Keyseal, unguarded', open, make, expected),
    sealed: contender('Keyseal, all three proofs', keyseal, make, expected),
    fastify: contender('Fastify, the same by hand', fastify.served, fastify.make, fastify.expected),
    fastifyCached: contender('Fastify, tokens cached', cached.served, cached.make, cached.expected),
  };
  const stop = async () => {
    for (const served of [keyseal, bare, trpc, open, fastify.served, cached.served]) await served.stop();
  };
  return { all, stop };
}

const contender = (
  name: string,
  { port, pid, cpu }: Served,
  make: () => string,
  expected: string,
): Contender => ({
  name,
  port,
  pid,
  cpu,
  make,
  expected,
});

const callerOf = ({ id, userId }: Holder) => ({ keyId: id, userId });

/** @param cache of verified tokens; off as it is documented */
async function startFastify(cache: 'on' | 'off') {
  const peer = await startPeer<Started & { holder: Holder }>('fastify', { BENCH_JWT_CACHE: cache });
  const { holder, port } = peer.ready;
  return {
    served: servedBy(peer),
    make: sealer(holder, `localhost:${port}`, TARGET),
    expected: JSON.stringify({ text: TEXT, caller: callerOf(holder) }),
  };
}

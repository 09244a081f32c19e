import { load, type Target } from '../load/load.ts';
import { answerOf, TARGET, TEXT } from '../load/request.ts';
import { inTurn, newHolders, requestSigner } from '../load/signed-call.ts';
import type { Plan } from '../plan.ts';
import { onCleanup } from '../processes/cleanup.ts';
import { undisturbed } from '../processes/foreign-load.ts';
import { Meter } from '../processes/meter.ts';
import { newDatabase } from '../processes/postgres.ts';
import { type ServerProcess, startServer } from '../processes/server-process.ts';
import type { Part, Row } from '../report/result.ts';
import { rowOf } from '../report/rows.ts';

/** Keys that take turns. */
const KEYS = 256;
/** Calls of the first load, from which the length of the others is estimated. */
const GUESS = 500;

type Make = () => string;

/** An instance, and the requests to it. */
interface Called extends Target {
  readonly served: ServerProcess;
}

/** `echo` with all three proofs, a rate limit and its nonce in Postgres: on one instance, and on two that share it. */
export async function measureTwoInstances({ pair: { rounds, warmUpS, roundS } }: Plan): Promise<Part> {
  const url = await newDatabase('pair');
  const env = { BENCH_DATABASE_URL: url };
  const served = [await startServer('keyseal-postgres', env), await startServer('keyseal-postgres', env)];
  const meter = new Meter(url);
  onCleanup(() => meter.close());
  const { sealers, right } = await sealersOf(served);
  const called = (one: ServerProcess, makes: readonly Make[]): Called => {
    return { served: one, port: one.port, make: inTurn(makes), isRight: (body) => right.has(body) };
  };
  const all = served.map((one, i) => called(one, sealers[i] ?? []));
  const apart = served.map((one, i) =>
    called(
      one,
      (sealers[i] ?? []).filter((_, n) => n % 2 === i),
    ),
  );
  const kinds = {
    'one instance': all.slice(0, 1),
    'two, all keys on both': all,
    'two, each its own keys': apart,
  };
  const rows: Row[] = [];
  for (const [name, of] of Object.entries(kinds)) {
    const guess = await together(of, GUESS);
    const pace = await together(of, Math.ceil(guess * warmUpS));
    const done: Awaited<ReturnType<typeof round>>[] = [];
    for (let i = 0; i < rounds; i++)
      done.push(await undisturbed(() => round(of, meter, Math.ceil(pace * roundS))));
    const valuesOf = (of: keyof (typeof done)[0]) => done.map((one) => one[of]);
    rows.push(
      rowOf(name, 'calls/s', valuesOf('perSecond')),
      rowOf(`${name}, by the instances’ CPU`, 'calls/s per core', valuesOf('perCore')),
      rowOf(`${name}, Postgres’ CPU of a call`, 'µs', valuesOf('cpu')),
      rowOf(`${name}, WAL of a call`, 'bytes', valuesOf('wal')),
    );
  }
  for (const one of served) await one.stop();
  return {
    title: `\`POST ${TARGET}\` on Postgres, ${KEYS} keys with a limit each, 32 connections an instance`,
    rows,
  };
}

/** As many calls to each. @returns calls per second of the slowest */
async function together(of: readonly Called[], calls: number): Promise<number> {
  return Math.min(...(await Promise.all(of.map((one) => load(one, calls)))));
}

async function round(of: readonly Called[], meter: Meter, each: number) {
  const used = async () =>
    (await Promise.all(of.map(({ served }) => served.cpu()))).reduce((sum, cpu) => sum + cpu, 0);
  const before = await used();
  const { result, cpu, wal, pages } = await meter.around(() => together(of, each));
  const calls = each * of.length;
  const own = (await used()) - before;
  return {
    perSecond: result * of.length,
    perCore: (calls * 1e6) / own,
    cpu: cpu / calls,
    wal: (wal - pages) / calls,
  };
}

/** Keys of one account, created on the first instance: their requests to each instance, and the expected responses. */
async function sealersOf(
  served: readonly ServerProcess[],
): Promise<{ sealers: Make[][]; right: Set<string> }> {
  const holders = await newHolders((served[0] as ServerProcess).port, KEYS);
  const right = new Set(
    holders.map(({ id, userId }) => answerOf({ text: TEXT, caller: { keyId: id, userId } })),
  );
  const sealers = served.map(({ port }) =>
    holders.map((holder) => requestSigner(holder, `localhost:${port}`, TARGET)),
  );
  return { sealers, right };
}

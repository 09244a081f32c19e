import { createKeysealClient } from '../client/index.ts';
import { atTheEnd } from './ending.ts';
import { BODY, load, type Served, serve, TARGET } from './load.ts';
import { Meter } from './meter.ts';
import type { Plan } from './plan.ts';
import { newDatabase } from './postgres.ts';
import { sealer } from './sealed.ts';
import { LIMIT } from './setting.ts';
import { spreadOf, spreadText } from './spread.ts';

/** Keys of which calls are made in turn. */
const KEYS = 256;

type Headers = () => Record<string, string>;

/** `echo` with all three proofs, a rate limit and its nonce in Postgres: by one instance, and by two that share it. */
export async function measurePair({ pair: { rounds, warmUpS, roundS } }: Plan): Promise<void> {
  const url = await newDatabase('pair');
  const env = { BENCH_DATABASE_URL: url };
  const served = [await serve('keyseal-postgres', env), await serve('keyseal-postgres', env)];
  const meter = new Meter(url);
  atTheEnd(() => meter.close());
  const sealers = await sealersOf(served);
  console.log(`\nPOST ${TARGET} on Postgres, ${KEYS} keys with a limit each, 32 connections an instance`);
  console.log(
    'calls a second, of time and of the core of an instance; of a call, of Postgres: us of CPU, bytes of WAL\n',
  );
  const kinds: [name: string, of: { served: Served; headers: Headers }[]][] = [
    ['one instance', [{ served: served[0] as Served, headers: inTurn(sealers[0] ?? []) }]],
    ['two, all keys on both', served.map((one, i) => ({ served: one, headers: inTurn(sealers[i] ?? []) }))],
    [
      'two, each its own keys',
      served.map((one, i) => ({
        served: one,
        headers: inTurn((sealers[i] ?? []).filter((_, n) => n % 2 === i)),
      })),
    ],
  ];
  for (const [name, of] of kinds) {
    await Promise.all(of.map((one) => load(one.served.port, { duration: warmUpS }, one.headers)));
    const done: Awaited<ReturnType<typeof round>>[] = [];
    for (let i = 0; i < rounds; i++) done.push(await round(of, meter, roundS));
    const told = (of: keyof (typeof done)[0]) => spreadText(spreadOf(done.map((one) => one[of])));
    console.log(
      `${name.padEnd(24)} ${told('perSecond')} ${told('perCore')} CPU ${told('cpu')} WAL ${told('wal')}`,
    );
  }
  for (const one of served) await one.stop();
}

async function round(of: readonly { served: Served; headers: Headers }[], meter: Meter, seconds: number) {
  const used = async () =>
    (await Promise.all(of.map(({ served }) => served.usage()))).reduce((sum, { cpu }) => sum + cpu, 0);
  const before = await used();
  const { result, cpu, wal, pages } = await meter.around(() =>
    Promise.all(of.map(({ served, headers }) => load(served.port, { duration: seconds }, headers))),
  );
  const calls = result.reduce((sum, some) => sum + some, 0);
  const own = (await used()) - before;
  return {
    perSecond: calls / seconds,
    perCore: (calls * 1e6) / own,
    cpu: cpu / calls,
    wal: (wal - pages) / calls,
  };
}

const inTurn = (all: readonly Headers[]): Headers => {
  let next = 0;
  return () => (all[next++ % all.length] as Headers)();
};

/** Keys of one account, made by the first instance, as they call each of them. */
async function sealersOf(served: readonly Served[]): Promise<Headers[][]> {
  const url = `http://localhost:${served[0]?.port}`;
  const email = 'pair@example.com';
  const { session } = await createKeysealClient({ url }).auth.signUp.mutate({
    email,
    password: 'a long password',
  });
  const client = createKeysealClient({ url, session });
  const all: Headers[][] = served.map(() => []);
  for (let i = 0; i < KEYS; i++) {
    const made = await client.keys.create.mutate({
      name: `Pair ${i}`,
      environment: 'live',
      permissions: ['echo:write'],
      limits: [LIMIT],
    });
    const holder = {
      id: made.key.id,
      apiKey: String(made.secret),
      signingSecret: String(made.signingSecret),
      token: session.accessToken,
    };
    for (const [n, { port }] of served.entries())
      all[n]?.push(sealer(holder, `localhost:${port}`, TARGET, BODY));
  }
  return all;
}

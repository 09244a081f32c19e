import type { Round, RoundCost } from '../load/rounds.ts';
import type { Plan } from '../plan.ts';
import { undisturbed } from '../processes/foreign-load.ts';
import type { Forked } from '../processes/forked.ts';
import { keysDatabase, newDatabase } from '../processes/postgres.ts';
import { startPeer } from '../processes/start-peers.ts';
import { startVerifier } from '../processes/start-verifiers.ts';
import type { AimName } from '../report/aims.ts';
import type { Part, Row } from '../report/result.ts';
import { ratioOf, rowOf } from '../report/rows.ts';
import { count } from '../report/stats.ts';

/** One kind of call to one process, which takes turns with others. */
interface Contender {
  readonly name: string;
  readonly kind: string;
  readonly process: Forked<object>;
}

interface Measured extends Contender {
  /** Calls per second of wall-clock time, and of the process's own CPU time. */
  readonly wall: number[];
  readonly cpu: number[];
}

/** The speeds of the others are reported as multiples of this one's. */
const STANDARD = 'Better Auth, rate limit on';
const KINDS = ['warm', 'cold'] as const;
const SETTINGS = ['rate limit on', 'rate limit off', 'keys in memory'];

/** `verify` in process, warm and cold, with few and with many keys, compared with Better Auth's `verifyApiKey`. */
export async function compareVerify(plan: Plan): Promise<Part> {
  const { callers, inFlight, rounds } = plan.verify;
  const contenders = await start(plan);
  const rows: Row[] = [];
  for (const depth of inFlight) {
    const measured = await measure(contenders, depth, plan);
    rows.push(...rowsOf(measured, depth, plan, depth === Math.max(...inFlight)));
  }
  for (const { process } of contenders) await process.stop();
  return { title: `in process, one Postgres, ${count(callers)} keys in turn, ${rounds} rounds`, rows };
}

async function start({ many, verify: { callers, few } }: Plan): Promise<Contender[]> {
  const databases = [
    { total: few, url: await keysDatabase({ usable: callers, total: few }) },
    { total: many.total, url: await keysDatabase({ usable: callers, total: many.total }) },
  ];
  const keyseal = databases.map(async ({ total, url }) => {
    const process = await startVerifier(url, callers);
    return KINDS.map((kind) => ({ name: nameOf(kind, total), kind, process }));
  });
  const peers = SETTINGS.map(async (setting) => {
    const process = await startPeer('better-auth', {
      BENCH_DATABASE_URL: await newDatabase(`peer ${setting}`),
      BENCH_SETTING: setting,
      BENCH_CALLERS: String(callers),
    });
    return [{ name: `Better Auth, ${setting}`, kind: 'verify', process }];
  });
  return (await Promise.all([...keyseal, ...peers])).flat();
}

const nameOf = (kind: string, keys: number) => `Keyseal, ${kind}, ${count(keys)} keys`;

/** All of them in turn, round after round, so that disturbances of the machine affect all alike. */
async function measure(
  contenders: readonly Contender[],
  inFlight: number,
  { verify: { rounds, roundS } }: Plan,
): Promise<Measured[]> {
  const entries: { contender: Contender; calls: number; wall: number[]; cpu: number[] }[] = [];
  for (const contender of contenders) {
    // The first calls estimate how many a round can hold; the second warm up at that pace.
    const guess = await play(contender, { calls: 100 + inFlight * 4, inFlight });
    const warm = await play(contender, { calls: callsOf(guess, roundS), inFlight });
    entries.push({ contender, calls: callsOf(warm, roundS), wall: [], cpu: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { contender, calls, wall, cpu } of entries) {
      const took = await undisturbed(() => play(contender, { calls, inFlight }));
      wall.push(calls / took.wall);
      cpu.push(calls / took.cpu);
    }
  }
  return entries.map(({ contender, wall, cpu }) => ({ ...contender, wall, cpu }));
}

const play = ({ process, kind }: Contender, round: Omit<Round, 'kind'>) =>
  process.request<RoundCost>({ ...round, kind });

const callsOf = ({ calls, wall }: RoundCost, seconds: number) => Math.ceil((calls / wall) * seconds);

/** @param deepest the depth at which the service is busiest: the targets apply there */
function rowsOf(
  measured: readonly Measured[],
  inFlight: number,
  { many, verify: { few } }: Plan,
  deepest: boolean,
): Row[] {
  const of = (name: string) => measured.find((one) => one.name === name) as Measured;
  const at = `${inFlight} in flight`;
  const aim = (name: AimName) => (deepest ? name : undefined);
  const [warm, standard] = [of(nameOf('warm', many.total)), of(STANDARD)];
  return [
    ...measured.flatMap(({ name, wall, cpu }) => [
      rowOf(`${at}: ${name}`, 'calls/s', wall),
      rowOf(`${at}: ${name}, own CPU`, 'calls/s per core', cpu),
    ]),
    ratioOf(`${at}: warm against Better Auth`, warm.wall, standard.wall, aim('by Better Auth')),
    ratioOf(`${at}: warm against Better Auth, own CPU`, warm.cpu, standard.cpu),
    ...KINDS.map((kind) => {
      const [less, more] = [of(nameOf(kind, few)), of(nameOf(kind, many.total))];
      const name = `${at}: time of a ${kind} call with ${count(many.total)} keys against ${count(few)}`;
      return ratioOf(name, less.wall, more.wall, aim(`many keys, ${kind}`));
    }),
  ];
}

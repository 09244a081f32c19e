import type { Forked } from './forked.ts';
import { startPeer } from './peers.ts';
import type { Plan } from './plan.ts';
import { keysDatabase, newDatabase } from './postgres.ts';
import type { Round, Took } from './rounds.ts';
import { count, type Spread, spreadOf, spreadText } from './spread.ts';
import { startVerifier } from './verifiers.ts';

/** What is asked in turn: one kind of call of one process. */
interface Contender {
  readonly name: string;
  readonly kind: string;
  readonly process: Forked<object>;
}

interface Measured extends Contender {
  /** Calls a second of time, and of the process's own CPU. */
  readonly wall: Spread;
  readonly cpu: Spread;
}

const BY = ['wall', 'cpu'] as const;
/** Whose speed the others' are told as multiples of. */
const STANDARD = 'Better Auth, rate limit on';
const KINDS = ['warm', 'cold'];
const SETTINGS = ['rate limit on', 'rate limit off', 'keys in memory'];

/** `verify` in process, warm and cold, with few and with many keys, beside Better Auth's `verifyApiKey`. */
export async function compareVerify(plan: Plan): Promise<void> {
  const { callers, inFlight, rounds } = plan.verify;
  const contenders = await start(plan);
  console.log(`\nverify in process, one Postgres, ${count(callers)} keys in turn`);
  console.log(
    `calls a second (median of ${rounds} rounds, least to most): of time, of the process's own CPU;`,
  );
  console.log(`each as a multiple of "${STANDARD}"`);
  for (const many of inFlight) print(await measure(contenders, many, plan), many, plan);
  for (const { process } of contenders) await process.stop();
}

async function start({ many, verify: { callers, few } }: Plan): Promise<Contender[]> {
  const databases = [
    { total: few, url: await keysDatabase({ usable: callers, total: few }) },
    { total: many.total, url: await keysDatabase({ usable: many.active, total: many.total }) },
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

/** All of them in turn, round after round, so that whatever disturbs the machine disturbs them alike. */
async function measure(
  contenders: readonly Contender[],
  inFlight: number,
  { verify: { rounds, roundS } }: Plan,
): Promise<Measured[]> {
  const entries = [];
  for (const contender of contenders) {
    // The first calls tell how many a round can hold; the second warm up at that pace.
    const guess = await play(contender, { calls: 100 + inFlight * 4, inFlight });
    const warm = await play(contender, { calls: callsOf(guess, roundS), inFlight });
    entries.push({ contender, calls: callsOf(warm, roundS), wall: [] as number[], cpu: [] as number[] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { contender, calls, wall, cpu } of entries) {
      const took = await play(contender, { calls, inFlight });
      wall.push(calls / took.wall);
      cpu.push(calls / took.cpu);
    }
  }
  return entries.map(({ contender, wall, cpu }) => ({
    ...contender,
    wall: spreadOf(wall),
    cpu: spreadOf(cpu),
  }));
}

const play = ({ process, kind }: Contender, round: Omit<Round, 'kind'>) =>
  process.ask<Took>({ ...round, kind });

const callsOf = ({ calls, wall }: Took, seconds: number) => Math.ceil((calls / wall) * seconds);

function print(measured: readonly Measured[], inFlight: number, { many, verify: { few } }: Plan): void {
  const of = (name: string) => measured.find((one) => one.name === name) as Measured;
  const standard = of(STANDARD);
  console.log(`\n${inFlight} in flight`);
  for (const one of measured) {
    const cells = BY.map((by) => `${spreadText(one[by])} ${times(one[by], standard[by]).padStart(6)} ×`);
    console.log(`${one.name.padEnd(32)} ${cells.join('  ')}`);
  }
  for (const kind of KINDS) {
    const [less, more] = [of(nameOf(kind, few)), of(nameOf(kind, many.total))];
    const [wall, cpu] = BY.map((by) => times(less[by], more[by]));
    const said = `a ${kind} call takes ${wall} × the time and ${cpu} × the CPU`;
    console.log(`with ${count(many.total)} keys ${said} that it takes with ${count(few)}`);
  }
}

function times(one: Spread, other: Spread): string {
  return (one.median / other.median).toFixed(2);
}

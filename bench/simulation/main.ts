import { type Outcome, simulate } from './calls.ts';
import { APART, CLAIM, HERE, HIT, PER_CORE, QUESTION } from './postgres.ts';
import { hottest, zipf } from './skew.ts';

const COUNTED = { seed: 1, calls: 60_000 };

const number = (value: number, digits = 1) => value.toFixed(digits).padStart(9);

function print(name: string, { perSecond, together, p50, p99, used, cpu }: Outcome): void {
  const columns = [number(perSecond, 0), number(together), number(p50), number(p99)];
  console.log(name.padEnd(40), ...columns, number(used * 100, 0), number(cpu * 1000, 0));
}

function heading(text: string): void {
  console.log(`\n${text}`);
  console.log(`${''.padEnd(40)}  a second  together    p50 ms    p99 ms    used %    CPU us`);
}

/** @param atOnce statements of claims that an instance has under way */
function apart(name: string, world: { instances: number; cores: number; arrivals: number; atOnce: number }) {
  const { instances, cores, arrivals, atOnce } = world;
  const stages = [{ ...CLAIM, atOnce }, HIT];
  print(name, simulate({ ...COUNTED, instances, cores, stages, latency: APART, load: { arrivals } }));
}

heading(
  'as it was measured: claims alone, one instance and Postgres on two cores, by the number kept waiting',
);
for (const inFlight of [1, 8, 32, 128, 512, 1_500]) {
  const stages = [{ ...CLAIM, perStatement: CLAIM.perStatement + QUESTION.perStatement }];
  const load = { inFlight, perAsk: QUESTION.perAsk };
  print(
    `${inFlight} in flight`,
    simulate({ ...COUNTED, instances: 1, cores: 2, stages, latency: HERE, load }),
  );
}

heading(`claims and limits: instances of ${PER_CORE * 1000} calls a second each, a Postgres apart`);
for (const [instances, cores] of [
  [2, 1],
  [2, 2],
  [2, 4],
  [20, 8],
  [20, 16],
  [20, 32],
] as const) {
  for (const atOnce of [3, 1]) {
    const world = { instances, cores, arrivals: PER_CORE * instances, atOnce };
    apart(`${instances} instances, ${cores} cores, ${atOnce} at once`, world);
  }
}

heading('shards of 16 cores, 20 instances for each, all of which ask every shard');
for (const shards of [1, 2, 4, 10]) {
  for (const atOnce of [3, 1]) {
    const world = { instances: 20 * shards, cores: 16, arrivals: 20 * PER_CORE, atOnce };
    apart(`${shards} shards, ${atOnce} at once`, world);
  }
}

console.log(
  '\nthe hottest shard, as a multiple of an even share; and what the first caller has of all calls\n',
);
const SHARDS = [2, 10, 32, 100, 1_000];
console.log('s    callers', ...SHARDS.map((shards) => String(shards).padStart(9)), '  the first');
for (const s of [0, 0.8, 1, 1.2]) {
  for (const callers of [1_000, 100_000]) {
    const shares = zipf(callers, s);
    const loads = SHARDS.map((shards) => number(hottest(shares, shards, 1), 2));
    console.log(
      String(s).padEnd(4),
      String(callers).padStart(7),
      ...loads,
      number((shares[0] ?? 0) * 100),
      '%',
    );
  }
}

import type { RoundCost } from '../load/rounds.ts';
import type { Plan } from '../plan.ts';
import type { Forked } from '../processes/forked.ts';
import { keysDatabase } from '../processes/postgres.ts';
import { startVerifier } from '../processes/start-verifiers.ts';
import { AIMS } from '../report/aims.ts';
import type { Part } from '../report/result.ts';
import { rowOf } from '../report/rows.ts';
import { statsOf } from '../report/stats.ts';

const INSTANCES = 2;

/** Both instances at one queue depth, round after round. */
interface AtDepth {
  readonly inFlight: number;
  /** Claims per second of all instances. */
  readonly speed: number[];
  /** Of the slower instance, in milliseconds. */
  readonly p99: number[];
}

/** Nonces that two instances claim at the same time in one Postgres, each with a check of its key's revisions. */
export async function claimTogether({ many, verify, claims }: Plan): Promise<Part> {
  const { rounds, roundS, inFlight } = claims;
  const database = await keysDatabase({ usable: verify.callers, total: many.total });
  const instances = await Promise.all(
    Array.from({ length: INSTANCES }, () => startVerifier(database, verify.callers)),
  );
  const depths: AtDepth[] = [];
  for (const depth of inFlight) depths.push(await measure(instances, depth, rounds, roundS));
  for (const instance of instances) await instance.stop();
  const best = bestOf(depths);
  return {
    title: `${INSTANCES} instances, one Postgres, ${verify.callers} keys in turn, ${rounds} rounds`,
    rows: [
      ...depths.flatMap(({ inFlight, speed, p99 }) => [
        rowOf(`${inFlight} in flight each`, 'calls/s', speed),
        rowOf(`${inFlight} in flight each, p99`, 'ms', p99),
      ]),
      rowOf('the best depth that holds the p99', 'calls/s', best.speed, 'claims'),
      rowOf('its p99', 'ms', best.p99, 'p99 of a claim'),
    ],
  };
}

async function measure(
  instances: readonly Forked<object>[],
  inFlight: number,
  rounds: number,
  roundS: number,
): Promise<AtDepth> {
  const together = (calls: number) =>
    Promise.all(instances.map((each) => each.request<RoundCost>({ kind: 'claim', calls, inFlight })));
  const callsFor = (took: readonly RoundCost[]) => Math.ceil(roundS * Math.min(...took.map(pace)));
  const calls = callsFor(await together(callsFor(await together(inFlight * 10))));
  const measured: AtDepth = { inFlight, speed: [], p99: [] };
  for (let round = 0; round < rounds; round++) {
    const took = await together(calls);
    measured.speed.push((calls * took.length) / Math.max(...took.map(({ wall }) => wall)));
    measured.p99.push(Math.max(...took.map(({ p99 }) => p99)));
  }
  return measured;
}

const pace = ({ calls, wall }: RoundCost): number => calls / wall;

/** The fastest depth within the aimed p99; if there is none, the one nearest to it. */
function bestOf(depths: readonly AtDepth[]): AtDepth {
  const median = (values: readonly number[]) => statsOf(values).median;
  const byTail = [...depths].sort((a, b) => median(a.p99) - median(b.p99));
  const within = byTail.filter(({ p99 }) => median(p99) <= AIMS['p99 of a claim'].is);
  const bySpeed = within.sort((a, b) => median(b.speed) - median(a.speed));
  return (bySpeed[0] ?? byTail[0]) as AtDepth;
}

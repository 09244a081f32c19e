import type { Contender } from '../load/contender.ts';
import { loadSteadily } from '../load/load.ts';
import type { Plan } from '../plan.ts';
import { undisturbed } from '../processes/foreign-load.ts';
import type { Row } from '../report/result.ts';
import { ratioOf, rowOf } from '../report/rows.ts';
import { quantile } from '../report/stats.ts';

/** Milliseconds, one value for each round. */
interface Latencies {
  readonly median: number[];
  readonly p99: number[];
}

/**
 * Latencies at a constant pace, in turn with those of a server that does nothing, whose latencies come from the load
 * and the machine only.
 */
export async function measureAtPace(
  server: Contender,
  floor: Contender,
  perSecond: number,
  { rounds, roundS }: Plan['echo'],
): Promise<Row[]> {
  const own: Latencies = { median: [], p99: [] };
  const least: Latencies = { median: [], p99: [] };
  for (let round = 0; round < rounds; round++) {
    await play(floor, perSecond, roundS, least);
    await play(server, perSecond, roundS, own);
  }
  return [
    rowOf('bare, median at the same pace', 'ms', least.median),
    rowOf('bare, p99 at the same pace', 'ms', least.p99),
    rowOf('signed, median at half of its load', 'ms', own.median),
    rowOf('signed, p99 at half of its load', 'ms', own.p99),
    ratioOf('signed against bare, p99 at the same pace', own.p99, least.p99, 'p99 by bare'),
    ratioOf('signed, p99 against median', own.p99, own.median),
  ];
}

async function play(
  server: Contender,
  perSecond: number,
  seconds: number,
  latencies: Latencies,
): Promise<void> {
  const took = await undisturbed(() => loadSteadily(server, perSecond, Math.ceil(perSecond * seconds)));
  latencies.median.push(quantile(took, 0.5));
  latencies.p99.push(quantile(took, 0.99));
}

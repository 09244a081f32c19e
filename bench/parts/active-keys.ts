import type { RoundCost } from '../load/rounds.ts';
import type { Plan } from '../plan.ts';
import { keysDatabase } from '../processes/postgres.ts';
import { startVerifier } from '../processes/start-verifiers.ts';
import type { Part, Row } from '../report/result.ts';
import { rowOf } from '../report/rows.ts';
import { count, megabytes } from '../report/stats.ts';

const IN_FLIGHT = 256;
const STEPS = 5;

/** The memory of a process once a number of the keys in its database have been used. */
export async function watchActive({ many: { total, active } }: Plan): Promise<Part> {
  const verifier = await startVerifier(await keysDatabase({ usable: active, total }), 0);
  const rows: Row[] = [];
  for (let step = 1; step <= STEPS; step++) {
    const round = { kind: 'once', calls: active / STEPS, inFlight: IN_FLIGHT };
    const { calls, peak } = await verifier.request<RoundCost>(round);
    const name = `resident at most, ${count(calls * step)} keys used`;
    rows.push(rowOf(name, 'MB', [megabytes(peak)], step === STEPS ? 'memory of many keys' : undefined));
  }
  await verifier.stop();
  return { title: `${count(total)} keys in the table, each call of another one`, rows };
}

import { answerBenchmark } from '../processes/child.ts';
import { quantile } from '../report/stats.ts';

/** A number of calls of one kind, and how many of them run at a time. */
export interface Round {
  readonly kind: string;
  readonly calls: number;
  readonly inFlight: number;
}

/** The duration of a round and the process's own CPU time, in seconds. */
export interface RoundCost {
  readonly calls: number;
  readonly wall: number;
  readonly cpu: number;
  /** The 99th percentile of the latency, in milliseconds. */
  readonly p99: number;
  /** The peak resident memory of the process, in bytes. */
  readonly peak: number;
}

/**
 * Prepares the calls before the clock runs. @returns the function that makes the n-th call: whether its result
 * was right
 */
export type Prepare = (calls: number) => Promise<(i: number) => Promise<boolean>>;

/** Lets the benchmark request rounds from this process. */
export function offerRounds(kinds: Record<string, Prepare>): void {
  answerBenchmark<Round>({}, async ({ kind, calls, inFlight }) => {
    const call = await kinds[kind]?.(calls);
    if (!call) throw new Error(`no calls of the kind "${kind}"`);
    return play(call, calls, inFlight);
  });
}

async function play(
  call: (i: number) => Promise<boolean>,
  calls: number,
  inFlight: number,
): Promise<RoundCost> {
  globalThis.gc?.();
  let next = 0;
  let right = 0;
  const took: number[] = [];
  const keepCalling = async () => {
    while (next < calls) {
      const begun = performance.now();
      if (await call(next++)) right++;
      took.push(performance.now() - begun);
    }
  };
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  await Promise.all(Array.from({ length: inFlight }, keepCalling));
  const wall = (performance.now() - before) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (right < calls) throw new Error(`${calls - right} of ${calls} calls were not answered as valid`);
  return {
    calls,
    wall,
    cpu: (user + system) / 1e6,
    p99: quantile(took, 0.99),
    peak: process.resourceUsage().maxRSS * 1024,
  };
}

import { setTimeout as wait } from 'node:timers/promises';
import { answerBenchmark } from '../child.ts';

const SETTLE_MS = 100;

/** A benchmark server's message when it listens. */
export interface Started {
  readonly port: number;
}

/** In bytes, after a garbage collection. */
export interface Memory {
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
  /** Nonces in memory; 0 if there are none. */
  readonly outstanding: number;
}

const QUESTIONS: Record<string, (outstanding: () => number) => object | Promise<object>> = {
  // Without a forced collection: its CPU time is not that of the calls.
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { cpu: user + system };
  },
  memory: (outstanding) => memoryNow(outstanding()),
};

export async function memoryNow(outstanding: number): Promise<Memory> {
  // External memory is freed after the collection that finds it unused, so only the next one reports it.
  for (let times = 0; times < 2; times++) {
    globalThis.gc?.();
    await wait(SETTLE_MS);
  }
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, rss, outstanding };
}

/** Reports to the benchmark that the server listens, then answers its questions about usage. */
export function report(started: Started, outstanding = () => 0): void {
  answerBenchmark<string>(started, (what) => QUESTIONS[what]?.(outstanding) ?? {});
}

import { setTimeout as wait } from 'node:timers/promises';
import { answerBenchmark } from '../child.ts';

const SETTLE_MS = 100;

/** What a server of the benchmark says once, when it listens. */
export interface Started {
  readonly port: number;
}

/** In bytes, after a collection. */
export interface Memory {
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
  /** Nonces that are held; 0 where none are. */
  readonly held: number;
}

const TOLD: Record<string, (held: () => number) => object | Promise<object>> = {
  // Without a collection of ours: its CPU is not that of the calls.
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { cpu: user + system };
  },
  memory: (held) => memoryNow(held()),
};

export async function memoryNow(held: number): Promise<Memory> {
  // What lies beside the heap is let go after the collection that finds it free, and told of by the next.
  for (let times = 0; times < 2; times++) {
    globalThis.gc?.();
    await wait(SETTLE_MS);
  }
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, rss, held };
}

/** Tells the benchmark that the server listens, then, whenever it asks, what was used. */
export function report(started: Started, held = () => 0): void {
  answerBenchmark<string>(started, (what) => TOLD[what]?.(held) ?? {});
}

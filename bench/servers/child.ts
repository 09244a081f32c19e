import { answerBenchmark } from '../child.ts';

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

const TOLD: Record<string, (held: () => number) => object> = {
  // Without a collection of ours: its CPU is not that of the calls.
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { cpu: user + system };
  },
  memory: (held) => memoryNow(held()),
};

export function memoryNow(held: number): Memory {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, rss, held };
}

/** Tells the benchmark that the server listens, then, whenever it asks, what was used. */
export function report(started: Started, held = () => 0): void {
  answerBenchmark<string>(started, (what) => TOLD[what]?.(held) ?? {});
}

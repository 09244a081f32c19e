import { answerBenchmark } from '../child.ts';

/** What a server of the benchmark says once, when it listens. */
export interface Started {
  readonly port: number;
}

/** What it has used so far. CPU in microseconds; memory in bytes, after a collection. */
export interface Usage {
  readonly cpu: number;
  readonly heap: number;
  readonly rss: number;
}

/** Tells the benchmark that the server listens, then, whenever it asks, what was used. */
export function report(started: Started): void {
  answerBenchmark(started, () => {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const { heapUsed, rss } = process.memoryUsage();
    return { cpu: user + system, heap: heapUsed, rss } satisfies Usage;
  });
}

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

/** Tells the benchmark that the server listens, then answers each of its messages with what was used. */
export function report(started: Started): void {
  process.on('message', () => {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const { heapUsed, rss } = process.memoryUsage();
    process.send?.({ cpu: user + system, heap: heapUsed, rss } satisfies Usage);
  });
  // Where the benchmark is gone, so are its servers.
  process.on('disconnect', () => process.exit());
  process.send?.(started);
}

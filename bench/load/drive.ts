/** The speed of a store under a fixed number of concurrent questions. */
export interface Driven {
  readonly calls: number;
  readonly seconds: number;
  /** Latency in milliseconds: median and 99th percentile. */
  readonly p50: number;
  readonly p99: number;
}

/** Keeps a number of calls under way for a number of seconds; each gets its number. */
export async function drive(
  inFlight: number,
  seconds: number,
  run: (nth: number) => Promise<unknown>,
): Promise<Driven> {
  const waited: number[] = [];
  let next = 0;
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const keepRunning = async () => {
    for (let at = performance.now(); at < end; ) {
      await run(next++);
      const now = performance.now();
      waited.push(now - at);
      at = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, keepRunning));
  const took = (performance.now() - begun) / 1000;
  waited.sort((a, b) => a - b);
  const at = (share: number) => waited[Math.floor(waited.length * share)] ?? 0;
  return { calls: waited.length, seconds: took, p50: at(0.5), p99: at(0.99) };
}

import { growingCache } from '../growing-cache.ts';

/** Keys whose last runs are remembered. */
const MAX_KEYS = 10_000;

/**
 * Work of which one run is in progress at a time. Calls during a run share the next one, which begins after they were
 * made. A run that fails rejects the calls that share it, and the next begins all the same.
 * @returns runs the work. With a time of `performance.now()`, it does nothing if a run that began no earlier is
 *   done: the calls of one batch need one run together
 */
export function coalesceRuns(work: () => Promise<void>): (since?: number) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  /** When the latest run that succeeded began. */
  let done = Number.NEGATIVE_INFINITY;
  const run = async () => {
    const begun = performance.now();
    await work();
    done = begun;
  };
  return async (since = Number.POSITIVE_INFINITY) => {
    if (done >= since) return;
    next ??= last.then(() => {
      next = null;
      const running = run();
      last = running.catch(() => {});
      return running;
    });
    return next;
  };
}

/** The same for work of many keys: calls for one key share runs, and those for different keys do not wait for each other. */
export function coalesceRunsByKey(
  work: (key: string) => Promise<void>,
): (key: string, since?: number) => Promise<void> {
  const runs = growingCache<ReturnType<typeof coalesceRuns>>(MAX_KEYS);
  return (key, since) => {
    const run = runs.get(key) ?? coalesceRuns(() => work(key));
    runs.set(key, run);
    return run(since);
  };
}

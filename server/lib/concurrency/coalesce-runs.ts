import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { lruCache } from '../lru-cache.ts';

/** Groups whose last runs are remembered. */
const MAX_GROUPS = 10_000;

/**
 * Work of which one run is in progress at a time. Calls during a run share the next one, which begins after they were
 * made. A run that fails rejects the calls that share it, and the next begins all the same.
 * @returns a function that runs the work. Given a time of `performance.now()`, it does nothing if a run that began at or after
 *   that time is done: the calls of one batch need only one run
 */
export function coalesceRuns(work: () => Promise<void>): (since?: number) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  /** When the latest successful run began. */
  let done = Number.NEGATIVE_INFINITY;
  const run = async () => {
    const startedAt = performance.now();
    await work();
    done = startedAt;
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

/** The same for work of many groups: calls for one group share runs, and those for different groups do not wait for each other. */
export function coalesceRunsByGroup(
  work: (group: FairnessPath) => Promise<void>,
): (group: FairnessPath, since?: number) => Promise<void> {
  const runs = lruCache<ReturnType<typeof coalesceRuns>>(MAX_GROUPS);
  return (group, since) => {
    const name = group.join(' ');
    const run = runs.get(name) ?? coalesceRuns(() => work(group));
    runs.set(name, run);
    return run(since);
  };
}

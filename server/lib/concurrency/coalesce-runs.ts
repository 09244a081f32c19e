/**
 * Work of which one run is under way at a time. Whoever asks meanwhile shares the next run, which begins after they
 * asked; a run that fails is told to those who share it, and the next begins all the same.
 * @returns runs the work. With a moment of `performance.now()`, it does nothing where a run that began no earlier is
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

/**
 * Work of which one run is under way at a time. Whoever asks meanwhile shares the next run, which begins after they
 * asked; a run that fails is told to those who share it, and the next begins all the same.
 */
export function coalesceRuns(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  return () => {
    next ??= last.then(() => {
      next = null;
      const running = work();
      last = running.catch(() => {});
      return running;
    });
    return next;
  };
}

/**
 * Work of several kinds that must not overlap.
 * @returns runs work once everything that was given before has ended, however it ended
 */
export function inSequence(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const running = last.then(work);
    last = running.catch(() => {});
    return running;
  };
}

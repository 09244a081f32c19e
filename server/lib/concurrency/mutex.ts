/**
 * Runs tasks one after another: a mutual exclusion for work of several kinds.
 * @returns a function that runs a task once every earlier one has settled
 */
export function mutex(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const running = last.then(work);
    last = running.catch(() => {});
    return running;
  };
}

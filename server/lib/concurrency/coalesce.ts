/**
 * Shares one pending result among all concurrent callers, so that `run` runs once for them. They share a failure too.
 */
export function coalesce<T>(run: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | null = null;
  const ended = () => {
    pending = null;
  };
  return () => {
    if (pending === null) {
      pending = run();
      pending.then(ended, ended);
    }
    return pending;
  };
}

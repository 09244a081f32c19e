/**
 * Shares one pending answer among all concurrent callers, so that `ask` runs once for them. They share a failure too.
 */
export function coalesce<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | null = null;
  const ended = () => {
    asking = null;
  };
  return () => {
    if (asking === null) {
      asking = ask();
      asking.then(ended, ended);
    }
    return asking;
  };
}

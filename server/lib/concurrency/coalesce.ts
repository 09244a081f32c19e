/**
 * Shares an answer among all who ask while it is being found: however many ask at the same time, the question is asked
 * once. A failure is shared alike.
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

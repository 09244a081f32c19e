/** The maximum duration of a statement, in milliseconds; a store that takes longer counts as down. */
const DEADLINE_MS = 7_000;

/** A store that did not respond in time. */
class StoreTimeoutError extends Error {
  override readonly name = 'StoreTimeoutError';
  readonly code = 'ETIMEDOUT';
}

/**
 * The store's result, or a rejection if it does not come in time.
 * @param ms milliseconds
 * @param onTimeout called before the rejection
 */
export function withTimeout<T>(
  result: Promise<T>,
  ms: number = DEADLINE_MS,
  onTimeout: () => void = () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      onTimeout();
      reject(new StoreTimeoutError('a store did not answer in time'));
    }, ms);
    result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

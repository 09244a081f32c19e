import { isConflict } from './connection-errors.ts';

/** Attempts in total. A conflict after the last one counts as an outage of the store. */
const ATTEMPTS = 5;
/** The pause before the second attempt is up to this long, and up to twice as long before each next, in milliseconds. */
const FIRST_PAUSE_MS = 10;

/**
 * Runs a transaction, and runs it again if it conflicted with another. Pauses are random, so that two transactions that
 * conflicted do not conflict again.
 * @param run begins a new transaction at each call; its effects outside the transaction must be safe to repeat
 * @param mayRetry whether an error is a conflict
 * @throws the error of the last attempt
 */
export async function retryConflicts<T>(
  run: () => Promise<T>,
  mayRetry: (error: unknown) => boolean = isConflict,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === ATTEMPTS || !mayRetry(error)) throw error;
      const pause = Math.random() * FIRST_PAUSE_MS * 2 ** (attempt - 1);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

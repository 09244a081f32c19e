import { isConflict } from './connection-errors.ts';

/** Attempts in all; after the last one the caller is told that the store cannot answer. */
const ATTEMPTS = 5;
/** The pause before the second attempt is up to this long, and up to twice as long before each next, in milliseconds. */
const FIRST_PAUSE_MS = 10;

/**
 * Runs a transaction, again where it conflicted with another. Pauses are random, so that two transactions that conflicted
 * do not conflict again.
 * @param run begins the transaction anew at each call; what it changes outside of it must be safe to repeat
 * @throws what the last attempt threw
 */
export async function retryConflicts<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      const pause = Math.random() * FIRST_PAUSE_MS * 2 ** (attempt - 1);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

import { Refusal } from '../refusal.ts';
import { type FairQueue, QueueFullError } from './fair-queue.ts';

/**
 * Runs work when a queue comes to its key.
 * @throws Refusal UNAVAILABLE if the queue has no place for it; whatever the work throws
 */
export async function inTurn<T>(
  queue: FairQueue,
  key: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await queue.run(key, work);
  } catch (error) {
    if (!(error instanceof QueueFullError)) throw error;
    throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, error);
  }
}

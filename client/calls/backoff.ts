/** Milliseconds before the first attempt to reconnect, at most; each further one waits twice as long. */
const FIRST_MS = 500;
/** The longest wait, in milliseconds, if no response requests more. */
const MAX_MS = 30_000;
/** The longest wait that a response may request, in milliseconds. */
const MAX_RETRY_AFTER_MS = 300_000;
/** Doublings after which the wait no longer changes. */
const MAX_DOUBLINGS = 16;

/** Between half of a wait and all of it, so that clients do not return together. @param random from 0 to 1 */
export const withJitter = (ms: number, random = Math.random()): number => ms * (0.5 + random / 2);

/**
 * Milliseconds until a client reconnects: twice as long after each failure, and at least what the response asked for. Random
 * jitter spreads the clients of a service that restarts.
 * @param failures in a row, including the last one; 0 after a stable connection
 * @param retryAfterMs the wait that the response asked for; 0 if it did not
 * @param random from 0 to 1
 */
export function backoff(failures: number, retryAfterMs: number, random = Math.random()): number {
  const max = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(failures, MAX_DOUBLINGS));
  const requested = Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
  return Math.max(withJitter(max, random), requested * (1 + random / 10));
}

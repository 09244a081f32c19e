import { hash } from 'node:crypto';
import { Refusal } from '../../lib/refusal.ts';
import type { Stores } from '../../stores/stores.ts';

/**
 * Guesses of six-digit codes that one account accepts within an hour: at any time, three codes in a million are correct. A
 * recovery code cannot be guessed, and is accepted even then.
 */
const MAX_GUESSES = 20;
/** Seconds until a retry can succeed, at the latest. */
const RETRY_AFTER = 3600;

/**
 * What the guesses of an account's codes are counted by.
 * @param knownClient the known browser or the session that guesses, so that nobody else can lock out its user; null for neither
 */
export const guessesOf = (userId: string, knownClient: string | null): string =>
  hash('sha256', `second factor ${knownClient ?? ''} ${userId}`, 'base64url');

/**
 * Counts a guess before it is checked, so that guesses at the same moment on several instances count too.
 * @throws Refusal TOO_MANY_FAILURES
 */
export async function countGuess(
  { loginFailures }: Pick<Stores, 'loginFailures'>,
  guesses: string,
): Promise<void> {
  if ((await loginFailures.add(guesses)) <= MAX_GUESSES) return;
  throw new Refusal('TOO_MANY_FAILURES', { retryAfter: RETRY_AFTER });
}

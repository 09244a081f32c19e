import type { Reason } from '../../shared/refusals.ts';
import { Refusal } from '../refusal.ts';
import type { Stores } from '../stores/stores.ts';

/** What somebody who guesses is told. Whoever has the right secret and MAC is never counted here. */
const GUESSES: ReadonlySet<Reason> = new Set(['KEY_INVALID', 'SIGNATURE_INVALID', 'CREDENTIALS_INVALID']);

/**
 * Counts a guess that failed under a name, such as its address. From `most` a minute on, the refusal becomes
 * TOO_MANY_FAILURES; a request that is right is not refused by it, since only failures come here.
 */
export function throttled(error: unknown, name: string, most: number, { failures }: Stores): unknown {
  if (!(error instanceof Refusal) || !GUESSES.has(error.reason)) return error;
  if (failures.note(name) <= most) return error;
  return new Refusal('TOO_MANY_FAILURES', { retryAfter: failures.retryAfter() }, error.reason);
}

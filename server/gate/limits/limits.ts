import type { LimitState } from '../../../shared/limits.ts';
import { andThen, type MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Counter } from '../../stores/limits/rates.ts';
import type { Stores } from '../../stores/stores.ts';
import { retryAfterReset } from './retry-after.ts';

/**
 * Counts a call in all of these counters, or in none if one is full.
 * @param onLimits called with the limits after the call, whether it is refused or not
 * @param dryRun if true, checks without counting
 * @throws Refusal RATE_LIMITED, with the time at which a retry can succeed
 */
export function takeLimits(
  counters: readonly Counter[],
  { rates, clock }: Pick<Stores, 'rates' | 'clock'>,
  onLimits: (states: readonly LimitState[]) => void,
  dryRun = false,
): MaybePromise<void> {
  if (counters.length === 0) return;
  return andThen(dryRun ? rates.peek(counters) : rates.hit(counters), ({ allowed, states }) => {
    onLimits(states);
    if (allowed) return;
    const full = states.filter(({ remaining }) => remaining === 0);
    const [{ limit, remaining, resetAt }] = full.sort((a, b) => b.resetAt - a.resetAt) as [LimitState];
    throw new Refusal('RATE_LIMITED', { limit, remaining, ...retryAfterReset(resetAt, clock()) });
  });
}

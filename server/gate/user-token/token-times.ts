import { z } from 'zod';
import { isFuture } from '../../lib/clock.ts';
import { CLOCK_SKEW } from './jws.ts';

/**
 * The times in a token: whole unix seconds. RFC 7519 §2 also allows fractions, which no issuer needs, and which would have to
 * be rounded in someone's favour.
 */
export const Time = z.int();

/** The claims of a token that are times (RFC 7519 §4.1). */
export interface TokenTimes {
  readonly exp?: number | undefined;
  readonly nbf?: number | undefined;
  readonly iat?: number | undefined;
}

/** What is required of the times of a token, in seconds. */
export interface TimeLimits {
  /** How many seconds the issuer's clock may differ. `nbf` and `iat` may be ahead by `CLOCK_SKEW` more. */
  readonly tolerance: number;
  /** The maximum lifetime: from `iat`, or from now without it, to `exp`. */
  readonly maxLifetime: number;
  /** For how long it is accepted after it was issued; no limit if it is absent. */
  readonly maxAge?: number;
}

/** What is wrong with a token's times, and the sentence for the log. `expired` means that nothing else is wrong. */
export const TIME_FAULTS = {
  early: 'it is not valid yet: its nbf or iat is in the future',
  long: 'it is valid for too long, or expires before it was issued',
  old: 'it was issued too long ago',
  expired: 'it has expired',
} as const;
type TimeFault = keyof typeof TIME_FAULTS;

/**
 * Decides about the times of every token, except whether one that is cached has expired since. An absent claim is accepted
 * here: the schema of the token's claims says which it must have.
 * @param now unix seconds
 * @returns null if nothing is wrong
 */
export function timeFaultOf(
  { exp, nbf, iat }: TokenTimes,
  { tolerance, maxLifetime, maxAge }: TimeLimits,
  now: number,
): TimeFault | null {
  // Each comparison is true only for finite numbers, so that no other value passes.
  const hasCome = (time: number | undefined) => time === undefined || time <= now + CLOCK_SKEW + tolerance;
  if (!hasCome(nbf) || !hasCome(iat)) return 'early';
  const endsAfterStart = exp === undefined || iat === undefined || exp > iat;
  const isShortEnough = exp === undefined || exp - (iat ?? now) <= maxLifetime;
  if (!endsAfterStart || !isShortEnough) return 'long';
  const isRecent = maxAge === undefined || (iat !== undefined && iat >= now - maxAge - tolerance);
  if (!isRecent) return 'old';
  return exp === undefined || isFuture(exp + tolerance, now) ? null : 'expired';
}

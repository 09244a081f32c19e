/** So many calls in any span of so many seconds, under a name that answers speak of it by. */
export interface Limit {
  /** 1 to 32 of `a-z 0-9 - _`, unique among the limits of its key or owner. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Up to this many limits on one key, or one external owner. */
export const MAX_LIMITS = 8;
/** Thirty days, in seconds. */
export const MAX_WINDOW = 2_592_000;
/** Calls in a window. */
export const MAX_CALLS = 1_000_000_000;
/** The form of a limit's name. */
export const LIMIT_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** Nobody has more credits: far beyond use, far below what a sum could overflow. */
export const MAX_CREDITS = 1_000_000_000_000;

/** No call costs more credits. */
export const MAX_COST = 1_000_000_000;

/** How a limit stands after a call. */
export interface LimitState extends Limit {
  readonly remaining: number;
  /** When the next of what was taken is free again: unix milliseconds. */
  readonly resetAt: number;
}

/** A maximum number of calls in any window of `windowSeconds`, with the name that responses use for it. */
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
/** The syntax of a limit's name. */
export const LIMIT_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** The maximum of credits: far beyond real use, far below the overflow of a sum. */
export const MAX_CREDITS = 1_000_000_000_000;

/** The maximum cost of a call in credits. */
export const MAX_COST = 1_000_000_000;

/** The state of a limit after a call. */
export interface LimitState extends Limit {
  readonly remaining: number;
  /** When the next used slot becomes free, in unix milliseconds. */
  readonly resetAt: number;
}

/** So many calls in any span of so many seconds, under a name that answers speak of it by. */
export interface Limit {
  /** 1 to 32 of `a-z 0-9 - _`, unique among the limits of its key or owner. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Nobody has more credits: far beyond use, far below what a sum could overflow. */
export const MAX_CREDITS = 1_000_000_000_000;

/** How a limit stands after a call. */
export interface LimitState extends Limit {
  readonly remaining: number;
  /** When the next of what was taken is free again: unix milliseconds. */
  readonly resetAt: number;
}

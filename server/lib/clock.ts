/** What the service takes for the time: milliseconds since 1970, UTC. A test gives its own. */
export type Clock = () => number;

/**
 * Whether a moment lies ahead of now. Every comparison that admits until a moment is this one: what is no number, or no
 * finite one, does not lie ahead, and so refuses.
 * @param moment, now in one unit
 */
export function isAhead(moment: number | null | undefined, now: number): boolean {
  return typeof moment === 'number' && Number.isFinite(moment) && Number.isFinite(now) && moment > now;
}

/**
 * A moment that was read from a store, in milliseconds.
 * @throws where it is none: a row by which nothing can be decided is not handed on
 */
export function millisecondsOf(moment: Date): number {
  const ms = moment.getTime();
  if (!Number.isFinite(ms)) throw new TypeError('a row holds a moment that cannot be read');
  return ms;
}

/** Whole unix seconds of a clock. */
export const seconds = (clock: Clock): number => Math.floor(clock() / 1000);

/** The service's source of time: milliseconds since 1970, UTC. A test passes its own. */
export type Clock = () => number;

/**
 * Whether a moment is in the future. Every check that accepts until a moment uses this function: a value that is not a
 * finite number is not in the future, and so refuses.
 * @param moment, now in the same unit
 */
export function isAhead(moment: number | null | undefined, now: number): boolean {
  return typeof moment === 'number' && Number.isFinite(moment) && Number.isFinite(now) && moment > now;
}

/**
 * A moment from a store, in milliseconds.
 * @throws if it is invalid: no check may decide by such a row
 */
export function millisecondsOf(moment: Date): number {
  const ms = moment.getTime();
  if (!Number.isFinite(ms)) throw new TypeError('a row holds a moment that cannot be read');
  return ms;
}

/**
 * A moment from a store as people and programs read it (ISO 8601, UTC); null if there is none, or if it is invalid, such as
 * `infinity`: one such row must neither hide the others of a list nor resist its own revocation.
 */
export const isoOf = (moment: Date | null): string | null =>
  moment && Number.isFinite(moment.getTime()) ? moment.toISOString() : null;

/** Whole unix seconds of a clock. */
export const seconds = (clock: Clock): number => Math.floor(clock() / 1000);

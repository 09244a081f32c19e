/** The service's source of time: milliseconds since 1970, UTC. A test passes its own. */
export type Clock = () => number;

/**
 * Whether a time is in the future. Every check of an expiry uses this function: a value that is not a
 * finite number is not in the future, and so refuses.
 * @param time, now in the same unit
 */
export function isFuture(time: number | null | undefined, now: number): boolean {
  return typeof time === 'number' && Number.isFinite(time) && Number.isFinite(now) && time > now;
}

/**
 * A time from a store as people and programs read it (ISO 8601, UTC); null if there is none, or if it is invalid, such as
 * `infinity`: one such row must neither hide the others of a list nor resist its own revocation.
 */
export const isoOf = (time: Date | null): string | null =>
  time && Number.isFinite(time.getTime()) ? time.toISOString() : null;

/**
 * The same for a time that a response always has. An invalid one is shown as 1970: every check that accepts until a time
 * treats it as past.
 */
export const isoOrEpoch = (time: Date): string => isoOf(time) ?? new Date(0).toISOString();

/** Whole unix seconds of a clock. */
export const seconds = (clock: Clock): number => Math.floor(clock() / 1000);

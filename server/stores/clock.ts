/** What the service takes for the time: milliseconds since 1970, UTC. A test gives its own. */
export type Clock = () => number;

/** Whole unix seconds of a clock. */
export const seconds = (clock: Clock): number => Math.floor(clock() / 1000);

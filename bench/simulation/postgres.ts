/**
 * The shared statements of a signed call, for a key with one rate limit: their CPU in milliseconds as `npm run bench
 * -- written` measured it, and how `server/stores/replay/replay-postgres.ts` and
 * `server/stores/limits/rates-postgres.ts` send them.
 */
export const CLAIM = { perStatement: 0.5, perQuestion: 0.015, size: 500, atOnce: 3 } as const;
/** Of a key that no other instance serves. */
export const HIT = { perStatement: 0.45, perQuestion: 0.042, size: 500, atOnce: 1 } as const;

/** On the machine of the measurement: what an instance itself needs for a statement and for a call, found by trial. */
export const QUESTION = { perStatement: 0.2, perAsk: 0.012 } as const;
/** Loopback, and a disk that syncs in 84 µs. */
export const HERE = 0.1;
/** Between machines of one site. */
export const APART = 0.5;

/** Calls per millisecond of an instance with one core, as `npm run bench -- pair` measured it. */
export const PER_CORE = 3;

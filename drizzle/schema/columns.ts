import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** A moment, in UTC. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/**
 * Every change that takes something away from a cached caller raises it by one: the nonce claim compares the sum of
 * the `rev`s of a caller's rows with the sum that was cached. A row with a `rev` is therefore never deleted while a
 * caller could be cached from it; a moment marks its end instead.
 */
export const rev = () => bigint('rev', { mode: 'number' }).notNull().default(0);

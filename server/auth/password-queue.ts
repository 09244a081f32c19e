import { availableParallelism } from 'node:os';
import { LRUCache } from 'lru-cache';
import { HOUR_MS } from '../../shared/durations.ts';
import { addressPath } from '../../shared/fairness/fairness-path.ts';
import type { SessionUserCaller } from '../gate/caller/caller.ts';
import { FairQueue } from '../lib/concurrency/fair-queue.ts';
import { inTurn } from '../lib/concurrency/in-turn.ts';
import { type Occupancy, totalOccupancy } from '../lib/occupancy.ts';
import type { Database, Db, Transactions } from '../stores/database/database.ts';
import { UNAUTHENTICATED_HASHES } from './password-threads.ts';

const CORES = availableParallelism();

/**
 * The password hashes of unauthenticated callers: each takes about 30 ms of a core. They get at most half of the cores, but
 * always one, and on average a quarter of the machine. Two cores handle 16 sign-ins a second, with a burst of 40: an office
 * that begins its day behind one IP address waits for seconds, and signed calls are not affected.
 */
const unauthenticated = new FairQueue({
  concurrency: UNAUTHENTICATED_HASHES,
  capacity: 64,
  rate: { perSecond: 8 * CORES, burst: 20 * CORES },
});

/**
 * Calls that a user has signed: unauthenticated callers do not delay them. Networks and IP addresses take turns, then users:
 * where anyone may sign up, one attacker can have as many accounts as the queue has places. A wrong password counts only
 * against its user.
 */
const signedCalls = new FairQueue({ concurrency: 1, capacity: 64, failedLevels: 3 });

/**
 * The calls of each user on their way to that queue. Only a few of them enter it at a time: one user in many networks would
 * otherwise fill it.
 */
const people = new LRUCache<string, FairQueue>({ max: 10_000, ttl: HOUR_MS });
const PERSON_QUEUE = { concurrency: 4, capacity: 32 } as const;

/**
 * The transactions after those hashes, which create accounts and sessions. PGlite runs one at a time: they get at most half
 * of its time, so that a burst of sign-ups does not delay signed calls. A transaction may wait for a lock on the rows of its own
 * account: of one network one runs at a time, so that another has the other place.
 */
const unauthenticatedWrites = {
  pglite: new FairQueue({ concurrency: 1, capacity: 128, rest: 1 }),
  postgres: new FairQueue({ concurrency: 2, ofOneGroup: 1, capacity: 128, rest: 1 }),
} as const satisfies Record<Database['kind'], FairQueue>;

/** The maximum number of waiting calls in this process. */
export const passwordQueue = (): Occupancy =>
  totalOccupancy(
    ...[unauthenticated, signedCalls, ...Object.values(unauthenticatedWrites)].map(
      ({ occupancy }) => occupancy,
    ),
  );

/**
 * Runs work that costs a query and a hash for an unauthenticated caller. IP addresses take turns: a flood delays only its own
 * calls.
 * @throws Refusal UNAVAILABLE if too many wait
 */
export const queueUnauthenticated = <T>(address: string | null, work: () => Promise<T>): Promise<T> =>
  inTurn(unauthenticated, addressPath(address), work);

/** Runs a transaction for an unauthenticated caller. @throws Refusal UNAVAILABLE if too many wait */
export const queueUnauthenticatedWrite = <T>(
  { db, kind }: Database,
  address: string | null,
  run: (tx: Db) => Promise<T>,
): Promise<T> => inTurn(unauthenticatedWrites[kind], addressPath(address), () => db.transaction(run));

/** The queue of these transactions, for work that needs several. */
export const unauthenticatedWritesOf = (database: Database, address: string | null): Transactions => ({
  transaction: (work) => queueUnauthenticatedWrite(database, address, work),
});

/** The same for a user who has signed the call. Their sessions take turns. */
export function queueSignedIn<T>(
  { userId, session }: SessionUserCaller,
  address: string | null,
  work: () => Promise<T>,
): Promise<T> {
  const mine = people.get(userId) ?? new FairQueue(PERSON_QUEUE);
  people.set(userId, mine);
  return inTurn(mine, [session.id], () =>
    inTurn(signedCalls, [...addressPath(address), userId, session.id], work),
  );
}

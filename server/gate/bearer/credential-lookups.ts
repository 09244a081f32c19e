import { hash } from 'node:crypto';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { FairQueue, QueueFullError } from '../../lib/concurrency/fair-queue.ts';
import { Pacer } from '../../lib/concurrency/pacer.ts';
import { lruCache } from '../../lib/lru-cache.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import { Refusal, sharedCause } from '../../lib/refusal.ts';
import type { Stores } from '../../stores/stores.ts';
import { refuseThrottled, type UnauthenticatedCaller } from '../request/throttle.ts';
import { SharedReads } from './shared-reads.ts';

/** The sources of the gate's decisions. */
export interface GateStores extends Stores {
  readonly lookups: CredentialLookups;
}

/**
 * Lookups for unauthenticated callers, and the same for callers with a token of a trusted issuer: so few that a flood of them
 * costs the others almost nothing.
 */
const UNAUTHENTICATED = { concurrency: 2, capacity: 200, rate: { perSecond: 100, burst: 50 } };
/** Lookups per network and per IP address. */
const UNAUTHENTICATED_PACES = [
  { perSecond: 50, burst: 200 },
  { perSecond: 20, burst: 100 },
];
/** Lookups for `verify`, per sponsor, workspace and key. No single workspace can use up its sponsor's rate. */
const REPORTED_PACES = [
  { perSecond: 50, burst: 200 },
  { perSecond: 40, burst: 160 },
  { perSecond: 20, burst: 100 },
];
/** Lookups that Keyseal's own MAC or a valid secret makes plausible. */
const AUTHENTICATED = { concurrency: 4, capacity: 2_000 };
/**
 * How often rows that would refuse a caller are read again, for a sponsor and for a workspace: each row has its own rate, and
 * there may be many. No single workspace can use up its sponsor's rate.
 */
const REREAD_BEFORE_REFUSAL_PACES = [
  { perSecond: 50, burst: 250 },
  { perSecond: 20, burst: 100 },
];
/** How often one row is read again. */
const ROW_PACE = { perSecond: 5, burst: 10 };
/** Issued ids whose rows are known to be deleted. */
const MAX_DELETED = 10_000;

/**
 * The lookups before admission. Authenticated callers never wait for unauthenticated ones, and neither group uses more than its
 * share of connections, so that nonces are claimed even during the worst flood.
 */
export class CredentialLookups {
  readonly #stores: Stores;
  readonly #addressFailures: number;
  readonly #unauthenticated = new FairQueue(UNAUTHENTICATED);
  readonly #unauthenticatedPacer = new Pacer(UNAUTHENTICATED_PACES);
  readonly #reportedRequestPacer = new Pacer(REPORTED_PACES);
  readonly #issuerTokenQueue = new FairQueue(UNAUTHENTICATED);
  readonly #authenticated = new FairQueue(AUTHENTICATED);
  readonly #rereadBeforeRefusalPacer = new Pacer(REREAD_BEFORE_REFUSAL_PACES);
  readonly #sharedReads = new SharedReads(ROW_PACE);
  readonly #deleted = lruCache<true>(MAX_DELETED);

  /** @param addressFailures failures a minute at which an IP address is throttled */
  constructor(stores: Stores, addressFailures: number) {
    this.#stores = stores;
    this.#addressFailures = addressFailures;
  }

  get occupancy(): Occupancy {
    return this.#unauthenticated.occupancy;
  }

  /**
   * Reads for an unauthenticated caller. A refusal without a lookup throws synchronously: a flood of them creates no promises.
   * @throws Refusal TOO_MANY_FAILURES if the caller's IP address, or all IP addresses together, cause too many lookups
   */
  readUnauthenticated<T>(
    { payer, failureCounterKey }: UnauthenticatedCaller,
    read: () => Promise<T>,
  ): Promise<T> {
    refuseThrottled(failureCounterKey, this.#addressFailures, this.#stores);
    const pacer =
      failureCounterKey.reportedBy === null ? this.#unauthenticatedPacer : this.#reportedRequestPacer;
    const wait = pacer.take(payer);
    if (wait > 0) throw tooMany(Math.ceil(wait / 1000), TOO_MANY_LOOKUPS);
    return this.#unauthenticated.run(payer, read).catch(tooManyIfFull);
  }

  /**
   * Reads what a verified token of a trusted issuer names. Callers without such a token do not delay it. Issuers take turns,
   * and so do the callers with tokens of one issuer: anyone can get a token from a public issuer.
   * @param issuer the issuer's name
   * @throws Refusal TOO_MANY_FAILURES if too many wait
   */
  readOfIssuer<T>(issuer: string, { payer }: UnauthenticatedCaller, read: () => Promise<T>): Promise<T> {
    return this.#issuerTokenQueue.run([issuer, ...payer], read).catch(tooManyIfFull);
  }

  /**
   * Reads the row of an id that Keyseal issued. A deleted row never comes back: once deleted, its id is treated as if it were
   * made up.
   * @param client who pays for the read: people other than the holder may know an issued id
   */
  async readIssued<T extends object>(
    client: UnauthenticatedCaller,
    id: string,
    read: () => Promise<T | null>,
  ): Promise<T | null> {
    if (this.#deleted.has(id)) return this.readUnauthenticated(client, read);
    const row = await this.reread(client.payer, id, read);
    if (row === null) this.#deleted.set(id, true);
    return row;
  }

  /**
   * Reads the row of a link's token.
   * @param isIssued whether the token's MAC shows that Keyseal issued it
   */
  readByToken<T extends object>(
    client: UnauthenticatedCaller,
    token: string,
    isIssued: boolean,
    read: () => Promise<T | null>,
  ): Promise<T | null> {
    if (!isIssued) return this.readUnauthenticated(client, read);
    return this.readIssued(client, `token ${hash('sha256', token)}`, read);
  }

  /**
   * Reads again a row that would refuse a caller: another instance may have changed it.
   * @param rowName identifies the row, for example by its id
   * @param cached the row as it was read before: returned if rows of the workspace are read again too often
   */
  rereadBeforeRefusal<T>(
    payer: FairnessPath,
    rowName: string,
    read: () => Promise<T>,
    cached: T,
  ): Promise<T> {
    const load = async () => (this.#rereadBeforeRefusalPacer.take(payer) === 0 ? read() : cached);
    return this.reread(payer, rowName, load);
  }

  /** Reads a row again for an authenticated caller: at most at the row's pace, and once for all who wait. */
  reread<T>(payer: FairnessPath, rowName: string, read: () => Promise<T>): Promise<T> {
    return this.#sharedReads.read(rowName, () => this.#authenticated.run(payer, read));
  }
}

function tooManyIfFull(error: unknown): never {
  throw error instanceof QueueFullError ? tooMany(1, error) : error;
}

const TOO_MANY_LOOKUPS = sharedCause('too many lookups from one address');

const tooMany = (retryAfter: number, cause: unknown) =>
  new Refusal('TOO_MANY_FAILURES', { retryAfter }, cause);

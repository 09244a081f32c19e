import { type CryptoKey, createLocalJWKSet, type JWK, type JWSHeaderParameters } from 'jose';
import { DAY_MS, MINUTE_MS } from '../../../shared/durations.ts';
import type { Clock } from '../../lib/clock.ts';
import { fetchKeySet } from './key-set-document.ts';

/** Known keys are read again after this long. Calls do not wait for it. */
const FRESH_MS = 10 * MINUTE_MS;
/** An issuer that cannot be read for this long is no longer trusted: it may have withdrawn a key in the meantime. */
const STALE_MS = DAY_MS;
/** The minimum time between two reads, whatever `kid`s tokens have; longer after a failure. */
const COOLDOWN_MS = 1_000;
const COOLDOWN_AFTER_FAILURE_MS = 5_000;

/** RFC 8037 §3.1, RFC 9864 §2.2 */
const OTHER_NAME: ReadonlyMap<unknown, string> = new Map([
  ['EdDSA', 'Ed25519'],
  ['Ed25519', 'EdDSA'],
]);

/** A key that is not in the set; `unread` if the set could not be read. */
type Missing = 'unknown' | 'unread';
type Find = (header: JWSHeaderParameters) => Promise<CryptoKey>;

/** How to read the key set, and to report that it could not be read. */
export interface KeySetSource {
  readonly issuer: string;
  readonly jwksUri: string | null;
  readonly onFailure: (sentence: string) => void;
}

/**
 * The published keys of an issuer (RFC 7517), read in the background. Calls whose key is known never wait; a call with
 * an unknown `kid` waits for one reading, which all such calls share.
 */
export class RemoteKeySet {
  readonly #source: KeySetSource;
  readonly #clock: Clock;
  #find: Find | null = null;
  #text = '';
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;
  /** Reads since startup, for the operator's metrics. */
  readonly readings = { read: 0, failed: 0 };
  /** Grows whenever the keys change: a token that was verified by older keys must be verified again. */
  version = 0;

  constructor(source: KeySetSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** Reads the keys again in the background if they are due. Call it before a cached verification is used. */
  refresh(): void {
    const now = this.#clock();
    if (this.#find && !isYounger(this.#readAt, STALE_MS, now)) this.#forget();
    if (!isYounger(this.#readAt, FRESH_MS, now)) void this.#read();
  }

  /**
   * Finds the key of a token by `kid` and `alg`; if it is unknown, reads the keys once more.
   * @param header of the token, whose `alg` the caller has checked
   */
  async find(header: Record<string, unknown>): Promise<CryptoKey | Missing> {
    this.refresh();
    const known = await this.#lookUp(header);
    if (known) return known;
    await this.#read();
    return (await this.#lookUp(header)) ?? (this.#isCurrent() ? 'unknown' : 'unread');
  }

  /** Whether `find` would return a key without waiting for the issuer. */
  async knows(header: Record<string, unknown>): Promise<boolean> {
    return (await this.#lookUp(header)) !== null;
  }

  /**
   * Without `kid` the only matching key is used; if several match, none is. A key for Ed25519 may have either of the
   * algorithm's names, and a token by either.
   */
  async #lookUp(header: JWSHeaderParameters): Promise<CryptoKey | null> {
    const find = this.#find;
    if (!find) return null;
    const found = await find(header).catch(() => null);
    const alg = OTHER_NAME.get(header.alg);
    return found ?? (alg === undefined ? null : find({ ...header, alg }).catch(() => null));
  }

  #isCurrent(): boolean {
    return this.#find !== null && this.#readAt >= this.#triedAt;
  }

  /** One reading at a time, and a pause between two. Does not reject. */
  #read(): Promise<void> {
    if (this.#reading !== null) return this.#reading;
    const now = this.#clock();
    const cooldown = this.#isCurrent() ? COOLDOWN_MS : COOLDOWN_AFTER_FAILURE_MS;
    if (isYounger(this.#triedAt, cooldown, now)) return Promise.resolve();
    this.#triedAt = now;
    const { issuer, jwksUri, onFailure } = this.#source;
    this.#reading = fetchKeySet(issuer, jwksUri)
      .then((keys) => this.#take(keys, now))
      .catch((error: Error) => {
        this.readings.failed++;
        onFailure(error.message);
      })
      .finally(() => {
        this.#reading = null;
      });
    return this.#reading;
  }

  /**
   * A set that was read replaces the one before as a whole, even if it has fewer keys or none, like jose's
   * `createRemoteJWKSet`. That is not an outage, during which known keys stay: an issuer whose private key was stolen removes
   * the key, and nothing distinguishes a mistake from that.
   */
  #take(keys: JWK[], readAt: number): void {
    // Both throw if the keys are nested too deeply.
    const text = JSON.stringify(keys);
    const find = text === this.#text ? null : createLocalJWKSet({ keys });
    this.readings.read++;
    this.#readAt = readAt;
    if (find === null) return;
    this.#text = text;
    this.#find = (header) => find(header);
    this.version++;
  }

  #forget(): void {
    this.#find = null;
    this.#text = '';
    this.version++;
  }
}

/** Whether a time is at most so long ago. One in the future is not: the clock was ahead then. */
const isYounger = (time: number, age: number, now: number): boolean => time <= now && now - time < age;

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { calculateJwkThumbprint } from 'jose';
import { tokenKeys } from '../../../drizzle/schema/token-keys.ts';
import { DAY_MS } from '../../../shared/durations.ts';
import { type Clock, isFuture } from '../../lib/clock.ts';
import type { MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { ItemFailures } from '../database/attempt-each.ts';
import type { Db } from '../database/database.ts';
import type { Vault } from './vault.ts';

/** Lifetime of a user token in seconds. */
export const TOKEN_LIFETIME = 600;
/** A key is published this long before it signs, so that caches of the JWKS have it by then. */
const PUBLISHED_BEFORE_MS = 600_000;
/** A retired key still verifies what it signed, for a little longer than a token lives. */
const RETIRES_AFTER_MS = (TOKEN_LIFETIME + 120) * 1000;
/** A key signs for this long before the next one replaces it. */
const SIGNS_FOR_MS = 90 * DAY_MS;
/** The minimum time between two searches for another instance's new key, whatever `kid`s clients send. */
const REREAD_MS = 5_000;

interface TokenKey {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly x: string;
  readonly sealVersion: number;
  /** Milliseconds; NaN for a time that cannot be read, such as `infinity`: the key then neither signs nor verifies. */
  readonly signsFrom: number;
  readonly retiresAt: number | null;
}

/**
 * The Ed25519 keys of the user tokens (RFC 8037): created at the first startup, encrypted at rest, rotated with an overlap.
 */
export class TokenKeys {
  readonly #db: Db;
  readonly #vault: Vault;
  readonly #clock: Clock;
  #keys: readonly TokenKey[] = [];
  #readAt = Number.NEGATIVE_INFINITY;
  /** The last reading. */
  #reading: Promise<void> = Promise.resolve();

  private constructor(db: Db, vault: Vault, clock: Clock) {
    this.#db = db;
    this.#vault = vault;
    this.#clock = clock;
  }

  static async open(db: Db, vault: Vault, clock: Clock): Promise<TokenKeys> {
    const set = new TokenKeys(db, vault, clock);
    await set.#read();
    await set.#rewrap();
    if (set.#usable().length === 0) await set.#makeFirst();
    return set;
  }

  /** The key that signs now. */
  signer(): { kid: string; privateKey: KeyObject } {
    const now = this.#clock();
    const usable = this.#usable();
    // The very first key signs at once; a clock that steps back leaves the oldest.
    const key = usable.filter(({ signsFrom }) => signsFrom <= now).at(-1) ?? usable[0];
    if (!key) throw new Error('no token key');
    return key;
  }

  /**
   * The public key of a `kid`, compared as a string and searched in Keyseal's own set only; null if unknown. Rejects if the set
   * could not be read: the key may be in it.
   */
  verifier(kid: string): MaybePromise<KeyObject | null> {
    const known = this.#find(kid);
    if (known) return known;
    // A negative age is that of a clock that was ahead.
    const age = this.#clock() - this.#readAt;
    const reading = age >= 0 && age < REREAD_MS ? this.#reading : this.#read();
    return reading.then(() => this.#find(kid));
  }

  #find(kid: string): KeyObject | null {
    return this.#usable().find((key) => key.kid === kid)?.publicKey ?? null;
  }

  /** The response of `/.well-known/jwks.json` (RFC 7517). */
  jwks(): { keys: Record<string, string>[] } {
    const published = this.#usable().map(({ kid, x }) => ({
      kty: 'OKP',
      crv: 'Ed25519',
      use: 'sig',
      alg: 'EdDSA',
      kid,
      x,
    }));
    return { keys: published };
  }

  /** Drops retired keys, and creates the next one when it is due, even if one cannot be encrypted again. Call it periodically. */
  async maintain(): Promise<void> {
    await this.#db.delete(tokenKeys).where(lt(tokenKeys.retiresAt, new Date(this.#clock())));
    await this.#read();
    const failures = new ItemFailures();
    await failures.attempt(['rewrap'], () => this.#rewrap());
    const newest = this.#usable().at(-1);
    if (!newest || newest.signsFrom + SIGNS_FOR_MS <= this.#clock()) await this.rotate();
    if (failures.first) throw failures.first;
  }

  /** Publishes a new key now, which signs after the overlap. The others retire once their tokens have expired. */
  async rotate(): Promise<void> {
    const signsFrom = this.#clock() + PUBLISHED_BEFORE_MS;
    await this.#make(signsFrom);
    const newest = this.#usable().at(-1);
    for (const key of this.#keys) {
      if (key === newest || key.retiresAt !== null) continue;
      await this.#db
        .update(tokenKeys)
        .set({ retiresAt: new Date(signsFrom + RETIRES_AFTER_MS) })
        .where(and(eq(tokenKeys.kid, key.kid), isNull(tokenKeys.retiresAt)));
    }
    await this.#read();
  }

  /** Encrypts keys of an older master key version under the newest. */
  async #rewrap(): Promise<void> {
    const { newest } = this.#vault;
    for (const { kid, privateKey, sealVersion } of this.#keys) {
      if (sealVersion === newest) continue;
      const { text, version } = this.#vault.encrypt(pemOf(privateKey), encryptionContext(kid));
      const encrypted = { privateSealed: text, sealVersion: version };
      await this.#db.update(tokenKeys).set(encrypted).where(eq(tokenKeys.kid, kid));
    }
  }

  #usable(): TokenKey[] {
    return usableOf(this.#keys, this.#clock());
  }

  /** If several instances start on one empty database, one creates the key and the others read it. */
  async #makeFirst(): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await tx.execute(sql`lock table ${tokenKeys} in share row exclusive mode`);
      const now = this.#clock();
      if (usableOf(await this.#select(tx), now).length === 0) await this.#insert(tx, now);
    });
    await this.#read();
  }

  async #make(signsFrom: number): Promise<void> {
    await this.#insert(this.#db, signsFrom);
    await this.#read();
  }

  async #insert(db: Db, signsFrom: number): Promise<void> {
    const { privateKey } = generateKeyPairSync('ed25519');
    const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
    const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
    const encrypted = this.#vault.encrypt(pemOf(privateKey), encryptionContext(kid));
    await db.insert(tokenKeys).values({
      kid,
      publicX: x,
      privateSealed: encrypted.text,
      sealVersion: encrypted.version,
      signsFrom: new Date(signsFrom),
      createdAt: new Date(this.#clock()),
    });
  }

  #read(): Promise<void> {
    this.#readAt = this.#clock();
    this.#reading = this.#load();
    return this.#reading;
  }

  async #load(): Promise<void> {
    this.#keys = await this.#select(this.#db);
  }

  async #select(db: Db): Promise<TokenKey[]> {
    const rows = await db.select().from(tokenKeys).orderBy(tokenKeys.signsFrom, tokenKeys.kid);
    return rows.map((row) => ({
      kid: row.kid,
      x: row.publicX,
      publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: row.publicX }, format: 'jwk' }),
      privateKey: createPrivateKey(
        this.#vault.decrypt(
          { text: row.privateSealed, version: row.sealVersion },
          encryptionContext(row.kid),
        ),
      ),
      sealVersion: row.sealVersion,
      signsFrom: row.signsFrom.getTime(),
      retiresAt: row.retiresAt?.getTime() ?? null,
    }));
  }
}

/**
 * Keys that sign and verify, sorted by the beginning of their validity. A key with a time that cannot be read is none of them.
 */
const usableOf = (keys: readonly TokenKey[], now: number): TokenKey[] =>
  keys.filter(
    ({ signsFrom, retiresAt }) =>
      Number.isFinite(signsFrom) && (retiresAt === null || isFuture(retiresAt, now)),
  );

const encryptionContext = (kid: string) => ({ table: 'token_keys', column: 'private', row: kid });
const pemOf = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }).toString();

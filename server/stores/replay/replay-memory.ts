import { lte } from 'drizzle-orm';
import { nonces, replayWatermarks } from '../../../drizzle/schema/replay.ts';
import { type FairnessPath, workspacePath } from '../../../shared/fairness/fairness-path.ts';
import { type Clock, seconds } from '../../lib/clock.ts';
import { QueueFullError } from '../../lib/concurrency/fair-queue.ts';
import { inChunks } from '../../lib/concurrency/in-chunks.ts';
import type { MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import { Batcher } from '../database/batcher.ts';
import type { Db } from '../database/database.ts';
import { isDatedAhead, NonceQuota } from './nonce-quota.ts';
import {
  digestText,
  insertNonces,
  readDigest,
  type StoredNonce,
  storedNonces,
  writeHighWatermark,
  writeLowWatermark,
} from './nonce-rows.ts';
import { NonceSet, nonceDigest } from './nonce-set.ts';
import {
  type CallerRevisions,
  type Claim,
  type ClaimOutcome,
  oldestReplayable,
  payerOf,
  type ReplayLimits,
  type ReplayStore,
  ReplayStoreClosed,
} from './replay.ts';

/** How far above the clock the high watermark is set, in seconds: callers wait that long after a crash. */
const WATERMARK_LEAD_S = 5;
/** The high watermark is raised in the background once a claim's `t` is this close to it, in seconds. */
const RAISE_MARGIN_S = 2;
/** The maximum number of nonces that a clean shutdown saves; with more, the next startup waits as after a crash. */
const MAX_SAVED_NONCES = 200_000;
const ROWS_PER_INSERT = 5_000;
/** Nonces that are far ahead share inserts: PGlite carries out one statement at a time. */
const ROW_BATCHES = { size: 500, maxConcurrent: 1, maxQueued: 5_000 };

interface Options {
  readonly db: Db;
  readonly clock: Clock;
  readonly limits: ReplayLimits;
  readonly isCurrent: (revisions: CallerRevisions) => boolean;
}

/**
 * Nonces in the memory of the only process that serves, with a durable high watermark M: no `t` above M is accepted
 * before a higher M is written, and after a crash no `t` at or below M is. A `t` too far ahead for that is
 * stored as a row.
 */
export async function createMemoryReplayStore(options: Options): Promise<ReplayStore> {
  const { db, clock } = options;
  const watermarks = new Map((await db.select().from(replayWatermarks)).map((row) => [row.name, row]));
  const memory = watermarks.get('memory');
  const crashed = memory !== undefined && !memory.clean;
  const floor = Math.max(watermarks.get('purged')?.t ?? 0, crashed ? memory.t : 0);
  const store = new MemoryReplayStore(options, {
    floor,
    highWatermark: memory?.t ?? 0,
    readyAt: crashed ? memory.t + 1 : 0,
  });
  for (const row of await storedNonces(db)) store.restore(row);
  await writeHighWatermark(db, Math.max(memory?.t ?? 0, seconds(clock)), false);
  return store;
}

class MemoryReplayStore implements ReplayStore {
  readonly readyAt: number;
  readonly load = null;
  readonly #options: Options;
  readonly #seen = new Map<number, NonceSet>();
  readonly #quota: NonceQuota;
  /** No `t` at or below it is accepted. */
  #floor: number;
  /** M in the database. */
  #highWatermark: number;
  #raising: Promise<void> | null = null;
  /** Writes nonces that are far ahead. */
  readonly #rows: Batcher<Claim, true>;
  #closed = false;

  constructor(options: Options, start: { floor: number; highWatermark: number; readyAt: number }) {
    this.#options = options;
    this.#quota = new NonceQuota(options.limits);
    const run = (claims: readonly Claim[]) => insertClaims(options.db, claims);
    this.#rows = new Batcher(Object.assign({ payerOf, run }, ROW_BATCHES));
    this.#floor = start.floor;
    this.#highWatermark = start.highWatermark;
    this.readyAt = start.readyAt;
  }

  get outstanding(): Occupancy {
    return this.#quota.occupancy;
  }

  claim(claim: Claim): MaybePromise<ClaimOutcome> {
    if (this.#closed) return Promise.reject(new ReplayStoreClosed('the replay store is closed'));
    const { k, t, nonce } = claim;
    const digest = nonceDigest(k, nonce);
    const early = this.#outcome(claim, digest);
    if (early !== 'won' || claim.dryRun) return early;
    if (t > this.#highWatermark) return this.#claimDurably(claim, digest);
    // If this fails, the claim that needs it fails.
    if (t > this.#highWatermark - RAISE_MARGIN_S) this.#raiseWatermark().catch(() => {});
    this.#remember(k, payerOf(claim), t, digest);
    return 'won';
  }

  async #claimDurably(claim: Claim, digest: Uint32Array): Promise<ClaimOutcome> {
    try {
      await this.#makeDurable(claim);
    } catch (error) {
      if (error instanceof QueueFullError) return 'full';
      throw error;
    }
    // Other claims ran in the meantime.
    if (this.#closed) throw new ReplayStoreClosed('the replay store is closed');
    const late = this.#outcome(claim, digest);
    if (late === 'won') this.#remember(claim.k, payerOf(claim), claim.t, digest);
    return late;
  }

  /** Adds a row of the database to memory; a nonce that was far ahead may have two rows. */
  restore({ k, t, nonce, workspace, sponsor }: StoredNonce): void {
    const digest = readDigest(k, nonce);
    if (!this.#seen.get(t)?.has(digest))
      this.#remember(k, workspacePath(sponsor, workspace ?? k, k), t, digest);
  }

  #remember(k: string, payer: FairnessPath, t: number, digest: Uint32Array): void {
    const set = this.#seen.get(t) ?? new NonceSet();
    this.#seen.set(t, set);
    set.add(digest, this.#quota.add(k, payer, t, this.#isDatedAhead(t)));
  }

  #isDatedAhead(t: number): boolean {
    return isDatedAhead(t, seconds(this.#options.clock));
  }

  async purge(): Promise<void> {
    const upTo = oldestReplayable(seconds(this.#options.clock));
    // No higher than what is forgotten: a clock that was ahead for a while must not cause later refusals.
    for (const t of this.#seen.keys()) {
      if (t > upTo) continue;
      this.#floor = Math.max(this.#floor, t);
      this.#seen.delete(t);
    }
    this.#quota.forget(Math.max(upTo, this.#floor));
    await writeLowWatermark(this.#options.db, this.#floor);
    await this.#options.db.delete(nonces).where(lte(nonces.t, this.#floor));
  }

  /** Saves the nonces, so that the next startup knows them. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#raising?.catch(() => {});
    await this.#rows.drain();
    let count = 0;
    for (const set of this.#seen.values()) count += set.size;
    if (count > MAX_SAVED_NONCES) return;
    await this.#options.db.transaction(async (tx) => {
      const rows = [...this.#seen].flatMap(([t, set]) => [...set].map((one) => this.#rowOf(t, ...one)));
      await inChunks(rows, ROWS_PER_INSERT, (some) => insertNonces(tx, some));
      await writeLowWatermark(tx, this.#floor);
      await writeHighWatermark(tx, this.#highWatermark, true);
    });
  }

  #rowOf(t: number, digest: Uint32Array, signer: number) {
    return { k: this.#quota.nameOf(signer), t, nonce: digestText(digest) };
  }

  #outcome(claim: Claim, digest: Uint32Array): ClaimOutcome {
    const { t, revisions } = claim;
    if (!this.#options.isCurrent(revisions)) return 'stale';
    if (!(t > this.#floor)) return 'behind';
    if (this.#seen.get(t)?.has(digest)) return 'seen';
    return this.#quota.hasRoom(claim, this.#isDatedAhead(t)) ? 'won' : 'full';
  }

  /** Makes sure that a crash cannot forget this claim: by a higher watermark, or by its own row. */
  async #makeDurable(claim: Claim): Promise<void> {
    const { t } = claim;
    const { clock } = this.#options;
    while (t > this.#highWatermark) {
      if (t > seconds(clock) + WATERMARK_LEAD_S) {
        await this.#rows.submit(claim);
        return;
      }
      await this.#raiseWatermark();
    }
  }

  /** One write at a time, shared by all that wait. */
  #raiseWatermark(): Promise<void> {
    this.#raising ??= this.#writeHigherWatermark().finally(() => {
      this.#raising = null;
    });
    return this.#raising;
  }

  async #writeHigherWatermark(): Promise<void> {
    const highWatermark = Math.max(this.#highWatermark, seconds(this.#options.clock) + WATERMARK_LEAD_S);
    await writeHighWatermark(this.#options.db, highWatermark, false);
    this.#highWatermark = highWatermark;
  }
}

/** Stores each claim as a separate row. */
async function insertClaims(db: Db, claims: readonly Claim[]): Promise<true[]> {
  await insertNonces(
    db,
    claims.map(({ k, t, nonce }) => ({ k, t, nonce })),
  );
  return claims.map(() => true);
}

import { sql } from 'drizzle-orm';
import { keys } from '../../../drizzle/schema/keys.ts';
import { type FairnessPath, workspaceGroupPath } from '../../../shared/fairness/fairness-path.ts';
import { coalesceRuns } from '../../lib/concurrency/coalesce-runs.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { Db } from '../database/database.ts';
import { flushByWorkspace, newWriteTurns, OF_THE_JOB } from '../usage/flush-workspace.ts';
import { IsolatingBatches, type WriteOccasion } from '../usage/isolating-batches.ts';
import { PendingEntries } from '../usage/pending-entries.ts';
import { dueCount, type WritePace } from '../usage/spread-writes.ts';
import type { CountedKey } from '../usage/usage.ts';

/** Keys whose uses are in memory between two writes, divided by sponsor and workspace. Beyond a share, a use is not recorded. */
const MAX_KEYS = 40_000;

/** To the minute is exact enough for people. With few keys in use, each run writes them all. */
const PACE: WritePace = { withinRuns: 60, atLeast: 20, mayWait: 5_000 };
/** How many keys one statement writes: other statements get their turn in between. */
const KEYS_PER_STATEMENT = 200;

/** The latest use of a key that is not written yet. Times are in milliseconds. */
interface PendingUse {
  /** The sponsor and the workspace. */
  readonly payer: FairnessPath;
  /** The first run of the job that can write it. */
  readonly firstRun: number;
  at: number;
  /** When the secrets from before a rotation were last used. */
  previousAt: number | null;
}

/** When each key was last used: recorded in memory with every call, and written within a minute. */
export class LastUsed {
  readonly #db: Db;
  readonly #uses = new PendingEntries<PendingUse>(MAX_KEYS);
  readonly #turns = newWriteTurns();
  readonly #batches = new IsolatingBatches(KEYS_PER_STATEMENT);
  #runs = 0;
  /** Uses that are being written: they are neither in the database yet nor in `#uses` any more. */
  #writing: ReadonlyMap<string, PendingUse> = new Map();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Uses that wait to be written. */
  get occupancy(): Occupancy {
    return this.#uses.occupancy;
  }

  /** @param at milliseconds @param previous whether the secrets from before a rotation were used */
  record({ id, payer }: CountedKey, at: number, previous: boolean): void {
    const use = this.#uses.get(id);
    if (use) {
      use.at = at;
      if (previous) use.previousAt = at;
      return;
    }
    const previousAt = previous ? at : null;
    this.#uses.add(id, { payer: workspaceGroupPath(payer), firstRun: this.#runs, at, previousAt });
  }

  /**
   * Writes what was noted before the call, or keeps it for the next time. It is a hint for people, so it raises no
   * `rev`. One write runs at a time; callers who arrive in the meantime share the next.
   */
  readonly flush = coalesceRuns(() => this.#writeUses('stop', OF_THE_JOB, () => this.#uses.oldest(MAX_KEYS)));

  /** The same for what was noted in one workspace, so that a read of it includes the latest. */
  readonly flushWorkspace = flushByWorkspace({
    namesOf: (workspaceId) => this.#uses.ofWorkspace(workspaceId),
    size: KEYS_PER_STATEMENT,
    write: (group, ids) => this.#writeUses('read', group, () => ids),
  });

  /** One run of the job: writes what is due at its pace, the oldest first. */
  readonly writeDue = coalesceRuns(() =>
    this.#writeUses('job', OF_THE_JOB, () => this.#uses.oldest(this.#countDue())),
  );

  #countDue(): number {
    const firstRuns = Array.from(this.#uses.values(), (use) => use.firstRun);
    return dueCount(firstRuns, this.#runs++, PACE);
  }

  /** @param idsOf the keys to write, as soon as it is their turn */
  #writeUses(occasion: WriteOccasion, group: FairnessPath, idsOf: () => readonly string[]): Promise<void> {
    const write = (ids: readonly string[]) => this.#writeSome(this.#uses.take(ids));
    return this.#turns.run(group, () => this.#batches.run({ names: idsOf(), occasion, write }));
  }

  async #writeSome(uses: ReadonlyMap<string, PendingUse>): Promise<void> {
    this.#writing = uses;
    try {
      await this.#write(uses);
    } catch (error) {
      for (const [id, use] of uses) this.#putBack(id, use);
      throw error;
    } finally {
      this.#writing = new Map();
    }
  }

  #putBack(id: string, use: PendingUse): void {
    const newer = this.#uses.get(id);
    if (newer) newer.previousAt ??= use.previousAt;
    else this.#uses.add(id, { ...use, firstRun: this.#runs });
  }

  /** The last use of a key that is not written yet, in milliseconds. */
  pending(keyId: string): number | null {
    return this.#uses.get(keyId)?.at ?? this.#writing.get(keyId)?.at ?? null;
  }

  /** The same for the secrets from before a rotation. */
  pendingPrevious(keyId: string): number | null {
    return this.#uses.get(keyId)?.previousAt ?? this.#writing.get(keyId)?.previousAt ?? null;
  }

  async #write(uses: ReadonlyMap<string, PendingUse>): Promise<void> {
    if (uses.size === 0) return;
    const used = Array.from(uses, ([id, { at, previousAt }]) => ({ id, at, previous_at: previousAt }));
    // Locked in the order of ids, as every transaction locks keys: two instances that write the same keys cannot deadlock.
    await this.#db.execute(sql`
      with used as materialized (
        select id, to_timestamp(at / 1000) as at, to_timestamp(previous_at / 1000) as previous_at
        from jsonb_to_recordset(${JSON.stringify(used)}::jsonb) as used(id text, at float8, previous_at float8)
      ), locked as materialized (
        select ${keys.id}, used.at, used.previous_at from ${keys} join used on ${keys.id} = used.id
        where used.at > coalesce(${keys.lastUsedAt}, '-infinity')
          or used.previous_at > coalesce(${keys.previousLastUsedAt}, '-infinity')
        order by ${keys.id} for no key update of ${keys}
      )
      update ${keys} set
        ${sql.identifier(keys.lastUsedAt.name)} = greatest(${keys.lastUsedAt}, locked.at),
        ${sql.identifier(keys.previousLastUsedAt.name)} = greatest(${keys.previousLastUsedAt}, locked.previous_at)
      from locked where ${keys.id} = locked.id`);
  }
}

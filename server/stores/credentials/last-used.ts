import { sql } from 'drizzle-orm';
import { keys } from '../../../drizzle/schema/keys.ts';
import { type FairnessKey, workspaceGroupKey } from '../../../shared/fairness/fairness-key.ts';
import { coalesceRuns, coalesceRunsByName } from '../../lib/concurrency/coalesce-runs.ts';
import { inChunks } from '../../lib/concurrency/in-chunks.ts';
import { mutex } from '../../lib/concurrency/mutex.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { Db } from '../database/database.ts';
import { PendingEntries } from '../usage/pending-entries.ts';
import { dueCount, type WritePace } from '../usage/spread-writes.ts';
import type { CountedKey } from '../usage/usage.ts';

/** Keys whose uses are in memory between two writes, divided by sponsor and workspace. Beyond a share, a use goes unnoted. */
const MAX_KEYS = 40_000;

/** A minute is exact enough for people. With few keys in use, each run writes them all. */
const PACE: WritePace = { withinRuns: 60, atLeast: 20, mayWait: 5_000 };
/** Keys of one statement for a workspace that reads them: other statements have their turn in between. */
const KEYS_PER_STATEMENT = 500;

/** Uses of a key, in milliseconds. */
interface Mark {
  /** The sponsor and the workspace. */
  readonly payer: FairnessKey;
  /** The number of the next run of the job when it was noted. */
  readonly notedIn: number;
  at: number;
  /** Of the pair from before a rotation. */
  previousAt: number | null;
}

/** When each key was last used: noted in memory with every call, and written within a minute. */
export class LastUsed {
  readonly #db: Db;
  readonly #marks = new PendingEntries<Mark>(MAX_KEYS);
  readonly #exclusively = mutex();
  #runs = 0;
  /** Marks that are being written: they are neither in the database yet nor among the pending marks any more. */
  #writing: ReadonlyMap<string, Mark> = new Map();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Uses that wait to be written. */
  get occupancy(): Occupancy {
    return this.#marks.occupancy;
  }

  /** @param at milliseconds @param previous whether the pair from before a rotation was used */
  note({ id, payer }: CountedKey, at: number, previous: boolean): void {
    const mark = this.#marks.get(id);
    if (mark) {
      mark.at = at;
      if (previous) mark.previousAt = at;
      return;
    }
    const previousAt = previous ? at : null;
    this.#marks.add(id, { payer: workspaceGroupKey(payer), notedIn: this.#runs, at, previousAt });
  }

  /**
   * Writes what was noted before the call, or keeps it for the next time. It is a hint for people, so it raises no
   * `rev`. One write runs at a time; callers who arrive meanwhile share the next.
   */
  readonly flush = coalesceRuns(() => this.#writeMarks(() => this.#marks.oldest(MAX_KEYS)));

  /** The same for what was noted in one workspace, so that a read of it includes the latest. */
  readonly flushWorkspace = coalesceRunsByName(async (workspaceId) => {
    // What is being written is there afterwards, or waits again.
    await this.#writeMarks(() => []);
    const noted = this.#marks.ofWorkspace(workspaceId);
    await inChunks(noted, KEYS_PER_STATEMENT, (ids) => this.#writeMarks(() => ids));
  });

  /** One run of the job: writes what is due at its pace, the oldest first. */
  readonly writeDue = coalesceRuns(() => this.#writeMarks(() => this.#marks.oldest(this.#countDue())));

  #countDue(): number {
    const notedIn = Array.from(this.#marks.values(), (mark) => mark.notedIn);
    return dueCount(notedIn, this.#runs++, PACE);
  }

  /** @param idsOf the keys to write, as soon as it is their turn */
  #writeMarks(idsOf: () => readonly string[]): Promise<void> {
    return this.#exclusively(async () => {
      const marks = this.#marks.take(idsOf());
      this.#writing = marks;
      try {
        await this.#write(marks);
      } catch (error) {
        for (const [id, mark] of marks) this.#putBack(id, mark);
        throw error;
      } finally {
        this.#writing = new Map();
      }
    });
  }

  #putBack(id: string, mark: Mark): void {
    const newer = this.#marks.get(id);
    if (newer) newer.previousAt ??= mark.previousAt;
    else this.#marks.add(id, { ...mark, notedIn: this.#runs });
  }

  /** The last use of a key that is not written yet, in milliseconds. */
  pending(keyId: string): number | null {
    return this.#marks.get(keyId)?.at ?? this.#writing.get(keyId)?.at ?? null;
  }

  /** The same for the pair from before a rotation. */
  pendingPrevious(keyId: string): number | null {
    return this.#marks.get(keyId)?.previousAt ?? this.#writing.get(keyId)?.previousAt ?? null;
  }

  async #write(marks: ReadonlyMap<string, Mark>): Promise<void> {
    if (marks.size === 0) return;
    const used = Array.from(marks, ([id, { at, previousAt }]) => ({ id, at, previous_at: previousAt }));
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

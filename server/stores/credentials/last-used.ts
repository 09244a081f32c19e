import { sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { keys } from '../../../drizzle/schema.ts';
import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import { type FairnessKey, workspaceGroupKey } from '../../../shared/fairness/fairness-key.ts';
import { coalesceRuns } from '../../lib/concurrency/coalesce-runs.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { Db } from '../database/database.ts';
import type { CountedKey } from '../usage/usage.ts';

/** Keys whose uses are in memory between two writes, divided by sponsor and workspace. Beyond a share, a use goes unnoted. */
const MAX_KEYS = 40_000;

/** Uses of a key, in milliseconds. */
interface Mark {
  readonly tenant: FairnessKey;
  at: number;
  /** Of the pair from before a rotation. */
  previousAt: number | null;
}

/** When each key was last used: noted in memory with every call, written periodically in one statement. */
export class LastUsed {
  readonly #db: Db;
  #marks = new Map<string, Mark>();
  #slots = new FairBudget(MAX_KEYS);
  /** Marks that are being written: they are neither in the database yet nor among the pending marks any more. */
  #writing: ReadonlyMap<string, Mark> = new Map();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Uses that wait to be written. */
  get occupancy(): Occupancy {
    return this.#slots.occupancy;
  }

  /** @param at milliseconds @param previous whether the pair from before a rotation was used */
  note({ id, payer }: CountedKey, at: number, previous: boolean): void {
    const mark = this.#marks.get(id);
    if (!mark) this.#add(id, { tenant: workspaceGroupKey(payer), at, previousAt: previous ? at : null });
    else {
      mark.at = at;
      if (previous) mark.previousAt = at;
    }
  }

  #add(id: string, mark: Mark): void {
    if (this.#slots.take(mark.tenant, 1)) this.#marks.set(id, mark);
  }

  /**
   * Writes what was noted before the call, or keeps it for the next time. It is a hint for people, so it raises no
   * `rev`. One write runs at a time; callers who arrive meanwhile share the next.
   */
  readonly flush = coalesceRuns(() => this.#writeAll());

  async #writeAll(): Promise<void> {
    const marks = this.#marks;
    this.#marks = new Map();
    this.#slots = new FairBudget(MAX_KEYS);
    this.#writing = marks;
    try {
      await this.#write(keys.lastUsedAt, marks, ({ at }) => at);
      await this.#write(keys.previousLastUsedAt, marks, ({ previousAt }) => previousAt);
    } catch (error) {
      for (const [id, mark] of marks) this.#putBack(id, mark);
      throw error;
    } finally {
      this.#writing = new Map();
    }
  }

  #putBack(id: string, mark: Mark): void {
    const newer = this.#marks.get(id);
    if (newer) newer.previousAt ??= mark.previousAt;
    else this.#add(id, mark);
  }

  /** The last use of a key that is not written yet, in milliseconds. */
  pending(keyId: string): number | null {
    return this.#marks.get(keyId)?.at ?? this.#writing.get(keyId)?.at ?? null;
  }

  /** The same for the pair from before a rotation. */
  pendingPrevious(keyId: string): number | null {
    return this.#marks.get(keyId)?.previousAt ?? this.#writing.get(keyId)?.previousAt ?? null;
  }

  async #write(
    column: PgColumn,
    marks: ReadonlyMap<string, Mark>,
    momentOf: (mark: Mark) => number | null,
  ): Promise<void> {
    const used = [...marks].flatMap(([id, mark]) => {
      const at = momentOf(mark);
      return at === null ? [] : [{ id, at: new Date(at).toISOString() }];
    });
    if (used.length === 0) return;
    const name = sql.identifier(column.name);
    // Locked in the order of ids, as every transaction locks keys: two instances that write the same keys cannot deadlock.
    await this.#db.execute(sql`
      with locked as materialized (
        select ${keys.id}, used.at
        from ${keys} join jsonb_to_recordset(${JSON.stringify(used)}::jsonb) as used(id text, at timestamptz)
          on ${keys.id} = used.id
        order by ${keys.id} for no key update of ${keys}
      )
      update ${keys} set ${name} = greatest(${keys}.${name}, locked.at) from locked where ${keys.id} = locked.id`);
  }
}

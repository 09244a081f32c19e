import { sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { keys } from '../../drizzle/schema.ts';
import type { Db } from './database.ts';
import type { Fill } from './fill.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** Marks that are held between two writes; beyond them a use goes unnoted. */
const MOST = 20_000;

/** When each key was last used: noted in memory with every call, written now and then in one statement. */
export class LastUsed {
  readonly #db: Db;
  #marks = new Map<string, number>();
  /** Of the pair from before a rotation. */
  #previous = new Map<string, number>();
  /** What is being written: it is not in the database yet, nor among the marks any more. */
  #writing: readonly [marks: ReadonlyMap<string, number>, previous: ReadonlyMap<string, number>] = [
    new Map(),
    new Map(),
  ];

  constructor(db: Db) {
    this.#db = db;
  }

  /** What waits to be written. */
  get fill(): Fill {
    return { held: this.#marks.size, most: MOST };
  }

  /** @param at milliseconds @param previous whether the pair from before a rotation was used */
  note(keyId: string, at: number, previous: boolean): void {
    put(this.#marks, keyId, at);
    if (previous) put(this.#previous, keyId, at);
  }

  /**
   * Writes what was noted before the call, or keeps it for the next time. It is a hint for people: no `rev` is raised.
   * One write is under way at a time, and those who ask meanwhile share the next.
   */
  readonly flush: () => Promise<void> = oneAtATime(() => this.#writeAll());

  async #writeAll(): Promise<void> {
    const [marks, previous] = [this.#marks, this.#previous];
    this.#marks = new Map();
    this.#previous = new Map();
    this.#writing = [marks, previous];
    try {
      await this.#write(keys.lastUsedAt, marks);
      await this.#write(keys.previousLastUsedAt, previous);
    } catch (error) {
      for (const [id, at] of marks) if (!this.#marks.has(id)) put(this.#marks, id, at);
      for (const [id, at] of previous) if (!this.#previous.has(id)) put(this.#previous, id, at);
      throw error;
    } finally {
      this.#writing = [new Map(), new Map()];
    }
  }

  /** The last use of a key that is not written yet, in milliseconds. */
  pending(keyId: string): number | null {
    return this.#marks.get(keyId) ?? this.#writing[0].get(keyId) ?? null;
  }

  /** The same of the pair from before a rotation. */
  pendingPrevious(keyId: string): number | null {
    return this.#previous.get(keyId) ?? this.#writing[1].get(keyId) ?? null;
  }

  async #write(column: PgColumn, marks: ReadonlyMap<string, number>): Promise<void> {
    if (marks.size === 0) return;
    const rows = JSON.stringify([...marks].map(([id, at]) => ({ id, at: new Date(at).toISOString() })));
    const name = sql.identifier(column.name);
    await this.#db.execute(sql`
      update ${keys} set ${name} = greatest(${keys}.${name}, used.at)
      from jsonb_to_recordset(${rows}::jsonb) as used(id text, at timestamptz) where ${keys.id} = used.id`);
  }
}

function put(marks: Map<string, number>, keyId: string, at: number): void {
  if (marks.size < MOST || marks.has(keyId)) marks.set(keyId, at);
}

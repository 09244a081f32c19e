import { sql } from 'drizzle-orm';
import { keys } from '../../drizzle/schema.ts';
import type { Db } from './database.ts';

/** Marks that are held between two writes; beyond them a use goes unnoted. */
const MOST = 20_000;

/** When each key was last used: noted in memory with every call, written now and then in one statement. */
export class LastUsed {
  readonly #db: Db;
  #marks = new Map<string, number>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** @param at milliseconds */
  note(keyId: string, at: number): void {
    if (this.#marks.size < MOST || this.#marks.has(keyId)) this.#marks.set(keyId, at);
  }

  /** Writes what was noted. It is a hint for people: no `rev` is raised. */
  async flush(): Promise<void> {
    if (this.#marks.size === 0) return;
    const marks = this.#marks;
    this.#marks = new Map();
    const rows = JSON.stringify([...marks].map(([id, at]) => ({ id, at: new Date(at).toISOString() })));
    await this.#db.execute(sql`
      update ${keys} set last_used_at = greatest(last_used_at, used.at)
      from jsonb_to_recordset(${rows}::jsonb) as used(id text, at timestamptz) where ${keys.id} = used.id`);
  }

  /** The last use of a key that is not written yet, in milliseconds. */
  pending(keyId: string): number | null {
    return this.#marks.get(keyId) ?? null;
  }
}

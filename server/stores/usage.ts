import { sql } from 'drizzle-orm';
import { usage } from '../../drizzle/schema.ts';
import type { Reason } from '../../shared/refusals.ts';
import type { Clock } from './clock.ts';
import type { Db } from './database.ts';

const MINUTE = 60_000;
/** Different counts that are held between two writes; beyond them calls go uncounted. */
const MOST = 50_000;
/** Rows of one statement. */
const AT_ONCE = 5_000;

/** How a call of a key ended. */
export type Outcome = 'OK' | Reason;

/** How the calls of each key end: counted in memory, and added to the database every second. */
export class Usage {
  readonly #db: Db;
  readonly #clock: Clock;
  #counts = new Map<string, number>();

  constructor(db: Db, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  note(keyId: string, procedure: string, outcome: Outcome): void {
    add(this.#counts, `${keyId} ${Math.floor(this.#clock() / MINUTE)} ${outcome} ${procedure}`, 1);
  }

  /** Writes what was counted; what cannot be written now is written with the next. */
  async flush(): Promise<void> {
    const counts = this.#counts;
    this.#counts = new Map();
    // Sorted, so that two instances that write the same rows cannot wait for each other.
    const names = [...counts.keys()].sort();
    try {
      while (names.length > 0) {
        const some = names.slice(0, AT_ONCE);
        await this.#write(some.map((name) => rowOf(name, counts.get(name) ?? 0)));
        for (const name of some) counts.delete(name);
        names.splice(0, AT_ONCE);
      }
    } catch (error) {
      for (const [name, count] of counts) add(this.#counts, name, count);
      throw error;
    }
  }

  async #write(rows: readonly object[]): Promise<void> {
    await this.#db.execute(sql`
      insert into ${usage} (key_id, at, outcome, procedure, count)
      select * from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as counted (key_id text, at timestamptz, outcome text, procedure text, count bigint)
      on conflict (key_id, at, procedure, outcome) do update set count = usage.count + excluded.count`);
  }
}

function add(counts: Map<string, number>, name: string, count: number): void {
  const known = counts.get(name);
  if (known !== undefined || counts.size < MOST) counts.set(name, (known ?? 0) + count);
}

function rowOf(name: string, count: number) {
  const [keyId, minute, outcome, ...procedure] = name.split(' ');
  return {
    key_id: keyId,
    at: new Date(Number(minute) * MINUTE).toISOString(),
    outcome,
    procedure: procedure.join(' '),
    count,
  };
}

import { eq, sql } from 'drizzle-orm';
import { loginFailures } from '../../../drizzle/schema/accounts.ts';
import { type Clock, seconds } from '../../lib/clock.ts';
import type { Database } from '../database/database.ts';
import { purgeBefore } from '../database/purge.ts';

/** Failures are forgotten an hour after the first of them. */
const WINDOW_S = 3600;

/**
 * Counts wrong passwords since the last correct one, within an hour. The counts are in the database, so that all
 * instances count together and a restart loses none. A subject is a digest: the table holds no e-mail address.
 */
export class LoginFailures {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** How many failures are not forgotten yet. Those that began at a time that cannot be read count as recent. */
  async count(subject: string): Promise<number> {
    const [row] = await this.#database.db
      .select()
      .from(loginFailures)
      .where(eq(loginFailures.subject, subject));
    if (!row || row.begunAt.getTime() <= this.#oldest()) return 0;
    return row.failures;
  }

  /** Counts one failure. @returns how many there are, this one included */
  async add(subject: string): Promise<number> {
    const now = new Date(this.#clock());
    const isRead = sql`isfinite(${loginFailures.begunAt})`;
    const oldest = new Date(this.#oldest()).toISOString();
    const isOld = sql`(${isRead} and ${loginFailures.begunAt} <= ${oldest}::timestamptz)`;
    const [row] = await this.#database.db
      .insert(loginFailures)
      .values({ subject, failures: 1, begunAt: now })
      .onConflictDoUpdate({
        target: loginFailures.subject,
        set: {
          failures: sql`case when ${isOld} then 1 else ${loginFailures.failures} + 1 end`,
          // A time that cannot be read is replaced: failures would otherwise be remembered forever.
          begunAt: sql`case when ${isOld} or not ${isRead} then excluded.begun_at
            else ${loginFailures.begunAt} end`,
        },
      })
      .returning();
    return row?.failures ?? 1;
  }

  async reset(subject: string): Promise<void> {
    await this.#database.db.delete(loginFailures).where(eq(loginFailures.subject, subject));
  }

  async purge(): Promise<void> {
    await purgeBefore(this.#database, loginFailures, this.#oldest(), { at: loginFailures.begunAt });
  }

  #oldest(): number {
    return (seconds(this.#clock) - WINDOW_S) * 1000;
  }
}

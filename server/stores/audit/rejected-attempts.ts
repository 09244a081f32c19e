import { inArray } from 'drizzle-orm';
import { keys } from '../../../drizzle/schema.ts';
import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import { workspaceKey } from '../../../shared/fairness/fairness-key.ts';
import { REFUSALS, type Reason } from '../../../shared/refusals.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { Db } from '../database/database.ts';
import { type Audit, type AuditChange, systemActor } from './audit.ts';

const MINUTE = 60_000;
/**
 * Different counts that are held until their minute is over, divided by workspace and key; beyond them refusals are in the
 * usage alone.
 */
const MOST = 10_000;
/** Records of one transaction. */
const AT_ONCE = 500;

interface Count {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly minute: number;
  readonly reason: Reason;
  count: number;
}

/**
 * Requests that were refused although their caller had shown the bearer secret of a key: counted in memory, and
 * recorded once for each key, minute and reason. Of strangers nothing is kept here.
 */
export class RejectedAttemptLog {
  readonly #db: Db;
  readonly #audit: Audit;
  readonly #clock: Clock;
  readonly #counts = new Map<string, Count>();
  readonly #slots = new FairBudget(MOST);

  constructor(db: Db, audit: Audit, clock: Clock) {
    this.#db = db;
    this.#audit = audit;
    this.#clock = clock;
  }

  /** What waits to be recorded. */
  get fill(): Occupancy {
    return this.#slots.fill;
  }

  note({ id: keyId, workspaceId }: { id: string; workspaceId: string }, reason: Reason): void {
    // An outage says nothing about whoever called.
    if (REFUSALS[reason].status >= 500) return;
    const minute = Math.floor(this.#clock() / MINUTE);
    const name = `${keyId} ${minute} ${reason}`;
    const known = this.#counts.get(name);
    if (known) known.count++;
    else if (this.#slots.take(workspaceKey(workspaceId, keyId), 1)) {
      this.#counts.set(name, { workspaceId, keyId, minute, reason, count: 1 });
    }
  }

  /**
   * Records what was counted in minutes that are over; what cannot be recorded now is recorded with the next.
   * @param all of the minute that is not over too: at a stop
   */
  async flush(all = false): Promise<void> {
    const now = Math.floor(this.#clock() / MINUTE);
    const over = [...this.#counts].filter(([, { minute }]) => all || minute !== now);
    if (over.length === 0) return;
    const workspaces = await this.#workspacesOf(over.map(([, { keyId }]) => keyId));
    // A key that is gone from the database has no chain to go into.
    for (const [name, { keyId }] of over) if (!workspaces.has(keyId)) this.#forget(name);
    for (const workspaceId of new Set(workspaces.values())) {
      await this.#record(
        workspaceId,
        over.filter(([, { keyId }]) => workspaces.get(keyId) === workspaceId),
      );
    }
  }

  async #record(workspaceId: string, counts: readonly [string, Count][]): Promise<void> {
    for (let i = 0; i < counts.length; i += AT_ONCE) {
      const some = counts.slice(i, i + AT_ONCE);
      await this.#db.transaction((tx) =>
        this.#audit.recordAll(
          tx,
          systemActor(workspaceId),
          some.map(([, count]) => changeOf(count)),
        ),
      );
      for (const [name] of some) this.#forget(name);
    }
  }

  #forget(name: string): void {
    const count = this.#counts.get(name);
    if (!count) return;
    this.#counts.delete(name);
    this.#slots.giveBack(workspaceKey(count.workspaceId, count.keyId), 1);
  }

  async #workspacesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.#db
      .select({ id: keys.id, workspaceId: keys.workspaceId })
      .from(keys)
      .where(inArray(keys.id, [...new Set(ids)]));
    return new Map(rows.map(({ id, workspaceId }) => [id, workspaceId]));
  }
}

const changeOf = ({ keyId, minute, reason, count }: Count): AuditChange => ({
  action: 'admission.refused',
  kind: 'refusals',
  subject: keyId,
  after: { minute: new Date(minute * MINUTE).toISOString(), reason, count },
});

import { inArray } from 'drizzle-orm';
import { keys } from '../../../drizzle/schema/keys.ts';
import { MINUTE_MS } from '../../../shared/durations.ts';
import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { REFUSALS, type Reason } from '../../../shared/refusals.ts';
import type { Clock } from '../../lib/clock.ts';
import { BackOff } from '../../lib/concurrency/back-off.ts';
import { inChunks } from '../../lib/concurrency/in-chunks.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import { attemptEach } from '../database/attempt-each.ts';
import type { Db } from '../database/database.ts';
import type { CountedKey } from '../usage/usage.ts';
import { type Audit, type AuditChange, systemActor } from './audit.ts';

/**
 * Different counts in memory until their minute is over, divided by sponsor, workspace and key. Beyond them, refusals appear
 * in the usage only.
 */
const MAX_COUNTS = 20_000;
/** The most runs for which a workspace is skipped whose refusals cannot be recorded: the job runs every five seconds. */
const LONGEST_WAIT = 120;
/** Records that one transaction writes. */
const RECORDS_PER_TRANSACTION = 200;

/** A refusal to count, and the action under which it is recorded. */
interface Refused {
  readonly action: 'admission.refused' | 'exchange.refused';
  readonly payer: FairnessPath;
  /** The id of a key or an exchange rule. */
  readonly subject: string;
  /** Null for that of the key. */
  readonly workspaceId: string | null;
  readonly reason: Reason;
  /** A word for what the caller does not learn; absent if the reason says it all. */
  readonly cause?: string;
}

interface Count extends Refused {
  readonly minute: number;
  count: number;
}

/**
 * Counts requests that were refused although their caller had the bearer secret of a key, and exchanges that were refused
 * although their token was for an exchange rule. One audit record covers each key or rule, minute and reason. Unauthenticated
 * requests are not recorded here.
 */
export class RejectedAttemptLog {
  readonly #db: Db;
  readonly #audit: Audit;
  readonly #clock: Clock;
  readonly #counts = new Map<string, Count>();
  readonly #slots = new FairBudget(MAX_COUNTS);
  /** The workspaces whose refusals could not be recorded. */
  readonly #backOff = new BackOff(LONGEST_WAIT);

  constructor(db: Db, audit: Audit, clock: Clock) {
    this.#db = db;
    this.#audit = audit;
    this.#clock = clock;
  }

  /** Counts that wait to be recorded. */
  get occupancy(): Occupancy {
    return this.#slots.occupancy;
  }

  record({ id: subject, payer }: CountedKey, reason: Reason): void {
    // An outage says nothing about the caller.
    if (REFUSALS[reason].status >= 500) return;
    this.#count({ action: 'admission.refused', payer, subject, workspaceId: null, reason });
  }

  /** Counts an exchange that an exchange rule refused. @param cause which part of the rule */
  recordExchange(
    rule: { readonly id: string; readonly workspaceId: string; readonly payer: FairnessPath },
    cause: string,
  ): void {
    const { id: subject, workspaceId, payer } = rule;
    const reason = 'EXCHANGE_DENIED';
    this.#count({ action: 'exchange.refused', payer, subject, workspaceId, reason, cause });
  }

  #count(refused: Refused): void {
    const { payer, subject, reason, cause = '' } = refused;
    const minute = Math.floor(this.#clock() / MINUTE_MS);
    const name = `${subject} ${minute} ${reason} ${cause}`;
    const known = this.#counts.get(name);
    if (known) known.count++;
    else if (this.#slots.take(payer, 1)) this.#counts.set(name, { ...refused, minute, count: 1 });
  }

  /**
   * Records the counts of minutes that are over; what it cannot record now, the next call records.
   * @param all also the current minute: at shutdown
   */
  async flush(all = false): Promise<void> {
    const now = Math.floor(this.#clock() / MINUTE_MS);
    const over = [...this.#counts].filter(([, { minute }]) => all || minute !== now);
    if (over.length === 0) return;
    const workspaces = await this.#workspacesOf(over.map(([, count]) => count));
    // A key that the database no longer has leaves no chain to write to.
    for (const [name, { subject }] of over) if (!workspaces.has(subject)) this.#forget(name);
    const record = (workspaceId: string) =>
      this.#record(
        workspaceId,
        over.filter(([, { subject }]) => workspaces.get(subject) === workspaceId),
      );
    const backOff = all ? undefined : this.#backOff;
    await attemptEach(new Set(workspaces.values()), (id) => id, record, backOff);
  }

  async #record(workspaceId: string, counts: readonly [string, Count][]): Promise<void> {
    await inChunks(counts, RECORDS_PER_TRANSACTION, async (some) => {
      await this.#db.transaction((tx) =>
        this.#audit.recordAll(
          tx,
          systemActor(workspaceId),
          some.map(([, count]) => changeOf(count)),
        ),
      );
      for (const [name] of some) this.#forget(name);
    });
  }

  #forget(name: string): void {
    const count = this.#counts.get(name);
    if (!count) return;
    this.#counts.delete(name);
    this.#slots.release(count.payer, 1);
  }

  async #workspacesOf(counts: readonly Count[]): Promise<Map<string, string>> {
    const known = counts.flatMap(({ subject, workspaceId }): [string, string][] =>
      workspaceId === null ? [] : [[subject, workspaceId]],
    );
    const ids = counts.flatMap(({ subject, workspaceId }) => (workspaceId === null ? [subject] : []));
    const rows = await this.#db
      .select({ id: keys.id, workspaceId: keys.workspaceId })
      .from(keys)
      .where(inArray(keys.id, [...new Set(ids)]));
    return new Map([...known, ...rows.map(({ id, workspaceId }): [string, string] => [id, workspaceId])]);
  }
}

const changeOf = ({ action, subject, minute, reason, cause, count }: Count): AuditChange => ({
  action,
  kind: 'refusals',
  subject,
  after: { minute: new Date(minute * MINUTE_MS).toISOString(), reason, cause, count },
});

import { sql } from 'drizzle-orm';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { coalesceRuns } from '../../lib/concurrency/coalesce-runs.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { Database, Db } from '../database/database.ts';
import { flushByWorkspace, newWriteTurns, OF_THE_JOB } from './flush-workspace.ts';
import { IsolatingBatches, type WriteOccasion } from './isolating-batches.ts';
import { PendingEntries } from './pending-entries.ts';
import { dueCount, type WritePace } from './spread-writes.ts';

/** How many counts one transaction writes: other statements get their turn in between. */
const COUNTS_PER_TRANSACTION = 500;

/** How much was counted under a name since the last write. */
export type NamedCount = readonly [name: string, count: number];

interface Options {
  /** Different names in memory between two writes, divided by payer. */
  readonly capacity: number;
  readonly pace: WritePace;
  /** Adds counts to the database, within the given transaction. */
  readonly write: (tx: Db, counts: readonly NamedCount[]) => Promise<void>;
}

interface PendingCount {
  readonly payer: FairnessPath;
  /** The first run of the job that can write it. */
  readonly firstRun: number;
  count: number;
}

/**
 * Counts that are being written, and the id of the transaction that writes them, once the database has returned it.
 */
interface Batch {
  readonly counts: ReadonlyMap<string, PendingCount>;
  transaction: string | null;
}

/** The outcome of a commit is unknown, so no sum can be reported. */
class CommitUnknownError extends Error {
  override readonly name = 'CommitUnknownError';
  readonly code = 'ETIMEDOUT';
}

/**
 * Counts by name in memory and writes the sums now and then. Each count is written exactly once: if the database does
 * not respond to a commit, the next write asks it whether that transaction was committed. A process that is killed loses
 * what it had not written.
 */
export class WriteBehindCounter {
  readonly #database: Database;
  readonly #options: Options;
  readonly #counts: PendingEntries<PendingCount>;
  readonly #turns = newWriteTurns();
  readonly #batches = new IsolatingBatches(COUNTS_PER_TRANSACTION);
  #runs = 0;
  #unconfirmed: Batch | null = null;

  constructor(database: Database, options: Options) {
    this.#database = database;
    this.#options = options;
    this.#counts = new PendingEntries(options.capacity);
  }

  /** Names in memory. */
  get occupancy(): Occupancy {
    return this.#counts.occupancy;
  }

  has(name: string): boolean {
    return this.#counts.get(name) !== undefined;
  }

  /**
   * Counts, unless one more name does not fit.
   * @param payer whose share of the names a new one uses; an empty key has no share, and only the total bounds it
   */
  add(name: string, payer: FairnessPath, count = 1): void {
    const known = this.#counts.get(name);
    if (known) known.count += count;
    else this.#counts.add(name, { payer, firstRun: this.#runs, count });
  }

  /**
   * Writes all that was counted before the call. The next write writes what this one cannot. One write runs at a time; calls
   * that arrive in the meantime share the next.
   */
  readonly flush = coalesceRuns(() =>
    this.#write('stop', OF_THE_JOB, () => this.#counts.oldest(this.#counts.occupancy.used)),
  );

  /** The same for what was counted in one workspace. */
  readonly flushWorkspace = flushByWorkspace({
    namesOf: (workspaceId) => this.#counts.ofWorkspace(workspaceId),
    size: COUNTS_PER_TRANSACTION,
    write: (group, names) => this.#write('read', group, () => names),
  });

  /** One run of the job: writes what is due at its pace, the oldest first. */
  readonly writeDue = coalesceRuns(() =>
    this.#write('job', OF_THE_JOB, () => this.#counts.oldest(this.#countDue())),
  );

  #countDue(): number {
    const firstRuns = Array.from(this.#counts.values(), (pending) => pending.firstRun);
    return dueCount(firstRuns, this.#runs++, this.#options.pace);
  }

  /** @param namesOf what to write, as soon as it is its turn */
  #write(occasion: WriteOccasion, group: FairnessPath, namesOf: () => readonly string[]): Promise<void> {
    return this.#turns.run(group, async () => {
      await this.#settle();
      // Sorted, so that two instances that write the same rows cannot deadlock.
      const names = [...namesOf()].sort();
      const write = async (some: readonly string[]) => {
        await this.#settle();
        await this.#send(some);
      };
      await this.#batches.run({ names, occasion, write });
    });
  }

  async #send(names: readonly string[]): Promise<void> {
    const batch: Batch = { counts: this.#counts.take(names), transaction: null };
    this.#unconfirmed = batch;
    await this.#database.db.transaction(async (tx) => {
      const [row] = await tx
        .select({ id: sql<string>`pg_current_xact_id()::text` })
        .from(sql`(select 1) as one`);
      // In the meantime this write exceeded its timeout, and its counts were restored.
      if (this.#unconfirmed !== batch) throw new CommitUnknownError('the database came back too late');
      batch.transaction = row?.id ?? null;
      await this.#options.write(
        tx,
        [...batch.counts].map(([name, { count }]): NamedCount => [name, count]),
      );
    });
    this.#unconfirmed = null;
  }

  /**
   * Restores the counts that the last write did not commit. The database remembers which transactions were committed.
   */
  async #settle(): Promise<void> {
    if (this.#unconfirmed === null) return;
    const { transaction, counts } = this.#unconfirmed;
    const status = transaction === null ? 'aborted' : await this.#statusOf(transaction);
    if (status === 'in progress') throw new CommitUnknownError('counts are still being written');
    this.#unconfirmed = null;
    if (status === 'committed') return;
    for (const [name, { payer, count }] of counts) this.add(name, payer, count);
  }

  async #statusOf(transaction: string): Promise<string | null> {
    const id = sql`${transaction}::text::xid8`;
    const [row] = await this.#database.query<{ status: string | null }>(sql`
      select case when ${id} < pg_snapshot_xmax(pg_current_snapshot()) then pg_xact_status(${id})
        else 'in progress' end as status`);
    return row?.status ?? null;
  }
}

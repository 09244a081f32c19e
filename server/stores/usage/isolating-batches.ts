import { BackOff } from '../../lib/concurrency/back-off.ts';
import { ItemFailures } from '../database/attempt-each.ts';
import { isContention } from '../database/connection-errors.ts';

/** The most runs of the job for which a failing entry is skipped: it runs every second. */
const LONGEST_WAIT = 300;
/** Batches of entries that failed before are this much smaller with each failure. */
const SPLIT_BY = 8;
/**
 * What a run is for: the job, which leaves entries that failed for later runs; a reader, who needs all of their workspace; or
 * a shutdown, after which nothing is written any more.
 */
export type WriteOccasion = 'job' | 'read' | 'stop';

/** Batches that may fail before a run ends. */
const MAX_FAILED: Readonly<Record<WriteOccasion, number>> = { job: 8, read: 1, stop: 64 };

/** Which entries one run writes, and how. */
interface Writing {
  readonly names: readonly string[];
  readonly occasion: WriteOccasion;
  /** Writes some, or none of them. */
  readonly write: (names: readonly string[]) => Promise<void>;
}

/**
 * Writes entries of many tenants in batches, so that an entry that the database refuses does not stop the others. The entries
 * of a batch that failed are written in smaller ones later (on shutdown, at once), until the failing entry is by itself; that
 * is tried less and less often.
 */
export class IsolatingBatches {
  readonly #size: number;
  readonly #backOff = new BackOff(LONGEST_WAIT);

  /** @param size entries of one batch */
  constructor(size: number) {
    this.#size = size;
  }

  /**
   * A lock or a slow table would affect the other batches too, and each would wait for its timeout: the first ends the run.
   * @throws the first error, unless the job runs and only some entries cause errors; then ItemsFailedError
   */
  async run({ names, occasion, write }: Writing): Promise<void> {
    if (occasion === 'job') this.#backOff.beginRun();
    const due = occasion === 'job' ? names.filter((name) => !this.#backOff.isWaiting(name)) : names;
    const batches = [...this.#batches(due)];
    const failures = new ItemFailures(this.#backOff);
    let written = 0;
    let failed = 0;
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const some = batch;
      if (await failures.attempt(some, () => write(some))) {
        written++;
        continue;
      }
      failed++;
      if (isContention(failures.last) || failed === MAX_FAILED[occasion]) break;
      if (occasion === 'stop' && some.length > 1) batches.unshift(...this.#batches(some));
    }
    const isBlocked = written === 0 && (isContention(failures.last) || failed === MAX_FAILED.job);
    if (failed > 0 && (occasion !== 'job' || isBlocked)) throw failures.first;
    failures.throwAny();
  }

  /** Entries that have not failed come first. Batches of those that have are smaller with each failure. */
  *#batches(names: readonly string[]): Generator<readonly string[]> {
    const byFailures = new Map<number, string[]>();
    for (const name of names) {
      const failures = this.#backOff.failuresOf(name);
      const alike = byFailures.get(failures);
      if (alike) alike.push(name);
      else byFailures.set(failures, [name]);
    }
    for (const [failures, some] of [...byFailures].sort(([a], [b]) => a - b)) {
      const size = Math.max(1, Math.floor(this.#size / SPLIT_BY ** failures));
      for (let from = 0; from < some.length; from += size) yield some.slice(from, from + size);
    }
  }
}

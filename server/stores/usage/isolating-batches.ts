import { BackOff } from '../../lib/concurrency/back-off.ts';
import { ItemFailures } from '../database/attempt-each.ts';

/** Runs of the job that an entry waits at most: it runs every second. */
const LONGEST_WAIT = 300;
/** Batches of entries that failed before are this much smaller with each failure. */
const SPLIT_BY = 8;
/** Batches that may fail in one run, before the others wait for the next. */
const MAX_FAILED = 8;

/** Which entries one run writes, and how. */
interface Writing {
  readonly names: readonly string[];
  /** Also those that wait because they failed: a reader needs them, or it is the last run. */
  readonly all: boolean;
  /** Writes some, or none of them. */
  readonly write: (names: readonly string[]) => Promise<void>;
}

/**
 * Writes entries of many tenants in batches, so that one that the database refuses stops none of the others. The entries of a batch
 * that failed are written in smaller ones later, until the one that it was about is alone; that is tried less and less often.
 */
export class IsolatingBatches {
  readonly #size: number;
  readonly #backOff = new BackOff(LONGEST_WAIT);

  /** @param size entries of one batch */
  constructor(size: number) {
    this.#size = size;
  }

  /** @throws the first error if all entries were to be written, or too many batches failed; else ItemsFailedError */
  async run({ names, all, write }: Writing): Promise<void> {
    if (!all) this.#backOff.beginRun();
    const due = all ? names : names.filter((name) => !this.#backOff.isWaiting(name));
    const failures = new ItemFailures(this.#backOff);
    let written = 0;
    let failed = 0;
    for (const batch of this.#batches(due)) {
      if (await failures.attempt(batch, () => write(batch))) written++;
      else failed++;
      if (failed === MAX_FAILED) break;
    }
    if (failed > 0 && (all || (written === 0 && failed === MAX_FAILED))) throw failures.first;
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

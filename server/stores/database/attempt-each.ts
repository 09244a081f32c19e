import { BackOff } from '../../lib/concurrency/back-off.ts';
import { isOutage, isUnrelatedToOthers } from './connection-errors.ts';

/** Some items of a job failed, and the others did not wait for them. The cause is the first error. */
export class ItemsFailedError extends Error {
  override readonly name = 'ItemsFailedError';
  readonly failed: number;
  /** The first item that failed. */
  readonly item: string;

  constructor(failed: number, item: string, cause: unknown) {
    super(`${failed} of the items failed, first ${item}`, { cause });
    this.failed = failed;
    this.item = item;
  }
}

/** Whether an error would also affect the other items of a job. */
export const concernsAll = (error: unknown): boolean => isOutage(error) && !isUnrelatedToOthers(error);

/** Collects the errors of items, and marks the items so that they wait. */
export class ItemFailures {
  readonly #backOff: BackOff;
  #count = 0;
  #first: { readonly item: string; readonly error: unknown } | null = null;
  #last: unknown;

  /** @param backOff remembers the failures between two runs of the job; without it, no item waits */
  constructor(backOff: BackOff = new BackOff(1)) {
    this.#backOff = backOff;
  }

  /** The first error; undefined if there is none. */
  get first(): unknown {
    return this.#first?.error;
  }

  /** The last error; undefined if there is none. */
  get last(): unknown {
    return this.#last;
  }

  /**
   * Runs the work of items that succeed or fail together.
   * @returns whether it succeeded
   * @throws the error if it is an outage of the database: no item caused it
   */
  async attempt(items: readonly string[], work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      for (const item of items) this.#backOff.succeeded(item);
      return true;
    } catch (error) {
      if (concernsAll(error)) throw error;
      for (const item of items) this.#backOff.failed(item);
      this.#count += items.length;
      this.#last = error;
      this.#first ??= { item: items[0] ?? '', error };
      return false;
    }
  }

  /** @throws ItemsFailedError if an item failed */
  throwAny(): void {
    if (this.#first) throw new ItemsFailedError(this.#count, this.#first.item, this.#first.error);
  }
}

/**
 * Works on one item after another. One that fails delays no other: it is left out of the next runs, of more with each failure.
 * @param backOff remembers the failures between two runs of the job
 * @throws ItemsFailedError once every item was visited; the error of an outage at once
 */
export async function attemptEach<T>(
  items: Iterable<T> | AsyncIterable<T>,
  nameOf: (item: T) => string,
  work: (item: T) => Promise<unknown>,
  backOff: BackOff = new BackOff(1),
): Promise<void> {
  backOff.beginRun();
  const failures = new ItemFailures(backOff);
  for await (const item of items) {
    const name = nameOf(item);
    if (!backOff.isWaiting(name)) await failures.attempt([name], () => work(item));
  }
  failures.throwAny();
}

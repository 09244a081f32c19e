import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import { Refusal } from '../../lib/refusal.ts';

const MIB = 1024 * 1024;
/** Characters of JSON of the results of one batch. */
const MAX_OF_BATCH = 4 * MIB;
/** Characters of JSON of the results of all batches. */
const MAX_IN_ALL = 64 * MIB;

const TOO_LARGE =
  'The results of this batch together exceed 4 MiB: send the refused calls in other requests.';

/**
 * The memory for the results of batches of queries. The results of a batch stay in memory until its last call ends, which may take
 * 20 seconds.
 */
export class BatchResults {
  readonly #budget = new FairBudget(MAX_IN_ALL);

  get occupancy(): Occupancy {
    return this.#budget.occupancy;
  }

  open(payer: FairnessPath): OpenBatch {
    return new OpenBatch(this.#budget, payer);
  }
}

/** The results of one batch until its response is sent, or its client has left. */
export class OpenBatch {
  readonly #budget: FairBudget;
  readonly #payer: FairnessPath;
  #held = 0;
  #isFull = false;
  #isOver = false;

  constructor(budget: FairBudget, payer: FairnessPath) {
    this.#budget = budget;
    this.#payer = payer;
  }

  /**
   * Counts a result.
   * @throws Refusal BODY_TOO_LARGE if the batch has no room for it, and then for no later result, either;
   *   UNAVAILABLE if the payer's share of the memory is used up
   */
  add(result: unknown): void {
    // A call may outlive its batch if the client disconnects.
    if (this.#isOver) return;
    this.checkRoom();
    const size = JSON.stringify(result)?.length ?? 0;
    this.#isFull = this.#held + size > MAX_OF_BATCH;
    this.checkRoom();
    if (!this.#budget.take(this.#payer, size))
      throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'the share of memory for batches is used up');
    this.#held += size;
  }

  /** @throws Refusal BODY_TOO_LARGE if an earlier result was too large */
  checkRoom(): void {
    if (this.#isFull) throw new Refusal('BODY_TOO_LARGE', {}, undefined, TOO_LARGE);
  }

  /** Releases the results at the end of the request. */
  release(): void {
    this.#isOver = true;
    this.#budget.release(this.#payer, this.#held);
    this.#held = 0;
  }
}

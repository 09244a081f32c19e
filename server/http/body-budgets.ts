import { FairBudget } from '../../shared/fairness/fair-budget.ts';
import { addressGroup, addressKey, type FairnessKey } from '../../shared/fairness/fairness-key.ts';
import type { Occupancy } from '../lib/occupancy.ts';
import type { BodyTerms } from './body.ts';

/** Bytes that are buffered for callers who have proven a key or a session, and for all others. */
const PROVEN = 48 * 1024 * 1024;
const ANONYMOUS = 16 * 1024 * 1024;
/** A single address of a single key of a single workspace gets an eighth: room for one body of the largest kind. */
const SHARE = 8;

/** Bytes per second that a sender must keep up. */
const PROVEN_RATE = 8 * 1024;
const ANONYMOUS_RATE = 16 * 1024;

/** A body that anybody may send: what public procedures take is a few short texts. */
const PUBLIC_LIMIT = 16 * 1024;

/** The memory for bodies. Callers who have proven nothing take none of the others'. */
export class BodyBudgets {
  readonly #proven: FairBudget;
  readonly #anonymous = new FairBudget(ANONYMOUS);
  readonly #limit: number;

  /** @param limit bytes of one body */
  constructor(limit: number) {
    this.#limit = limit;
    this.#proven = new FairBudget(Math.max(PROVEN, SHARE * limit));
  }

  get fill(): Occupancy {
    const [proven, anonymous] = [this.#proven.fill, this.#anonymous.fill];
    return { held: proven.held + anonymous.held, most: proven.most + anonymous.most };
  }

  /** Bytes of one body. @param open whether anybody may call what is called */
  limitOf(open: boolean): number {
    return open ? Math.min(PUBLIC_LIMIT, this.#limit) : this.#limit;
  }

  /**
   * Under which terms a body is read.
   * @param payer who has proven something; null charges the address
   */
  termsOf(payer: FairnessKey | null, address: string, open: boolean): BodyTerms {
    const limit = this.limitOf(open);
    // By address too: who has a key's text alone, and no secret that signs, does not take the memory of its owner.
    const proven = payer && [...payer, addressGroup(address)];
    if (proven) return { limit, budget: this.#proven, payer: proven, minRate: PROVEN_RATE };
    return { limit, budget: this.#anonymous, payer: addressKey(address), minRate: ANONYMOUS_RATE };
  }
}

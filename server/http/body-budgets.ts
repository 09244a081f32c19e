import { FairBudget } from '../../shared/fairness/fair-budget.ts';
import { addressKey, type FairnessKey } from '../../shared/fairness/fairness-key.ts';
import { type Occupancy, totalOccupancy } from '../lib/occupancy.ts';
import type { BodyTerms } from './body.ts';
import { ProvenAddresses } from './proven-addresses.ts';

/**
 * Bytes buffered for three kinds of callers: with a valid bearer, from an address from which its
 * credential was admitted before; with a valid bearer, from elsewhere; and all others.
 */
const PROVEN = 32 * 1024 * 1024;
const BEARER_ALONE = 32 * 1024 * 1024;
const ANONYMOUS = 16 * 1024 * 1024;
/** A single address gets an eighth, or a sixteenth: room for one body of the largest kind. */
const PROVEN_SHARE = 8;
const BEARER_SHARE = 16;

/** The minimum rate of a sender, in bytes per second. */
const PROVEN_RATE = 8 * 1024;
const ANONYMOUS_RATE = 16 * 1024;

/** The limit of a body that anyone may send: the inputs of public procedures are a few short texts. */
const PUBLIC_LIMIT = 16 * 1024;

/**
 * The memory for bodies. The MAC covers the body, so the body is read before the MAC is checked: until then a caller
 * has shown a bearer, and may be a thief of it. A thief can make up the rest of a request (time, nonce),
 * but not the address from which the holder of the signing secret calls. So that address has memory of its own, and
 * elsewhere networks share what the credential gets.
 */
export class BodyBudgets {
  readonly #proven: FairBudget;
  readonly #bearerAlone: FairBudget;
  readonly #anonymous = new FairBudget(ANONYMOUS);
  readonly #limit: number;
  readonly #addresses = new ProvenAddresses();

  /** @param limit bytes of one body */
  constructor(limit: number) {
    this.#limit = limit;
    this.#proven = new FairBudget(Math.max(PROVEN, PROVEN_SHARE * limit));
    this.#bearerAlone = new FairBudget(Math.max(BEARER_ALONE, BEARER_SHARE * limit));
  }

  get occupancy(): Occupancy {
    return totalOccupancy(this.#proven.occupancy, this.#bearerAlone.occupancy, this.#anonymous.occupancy);
  }

  /** Bytes of one body. @param open whether anybody may call what is called */
  limitOf(open: boolean): number {
    return open ? Math.min(PUBLIC_LIMIT, this.#limit) : this.#limit;
  }

  /** Notes that a request of a credential was admitted: its next bodies from that address have their own memory. */
  noteAdmitted(credential: FairnessKey, address: string): void {
    const [, group = ''] = addressKey(address);
    this.#addresses.note(credential, group);
  }

  /**
   * The terms under which a body is read.
   * @param payer the workspace and credential whose bearer was shown; null charges the address
   */
  termsOf(payer: FairnessKey | null, address: string, open: boolean): BodyTerms {
    const limit = this.limitOf(open);
    const from = addressKey(address);
    if (!payer) return { limit, budget: this.#anonymous, payer: from, minRate: ANONYMOUS_RATE };
    const [network = '', group = ''] = from;
    const terms = this.#addresses.has(payer, group)
      ? { budget: this.#proven, payer: [...payer, group] }
      : { budget: this.#bearerAlone, payer: [...payer, network, group] };
    return { ...terms, limit, minRate: PROVEN_RATE };
  }
}

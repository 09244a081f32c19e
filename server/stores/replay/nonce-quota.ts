import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { SIGNATURE_MAX_AHEAD } from '../../../shared/signature.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import { OutstandingNonces } from './outstanding-nonces.ts';
import { type Claim, payerOf, type ReplayLimits } from './replay.ts';

/** Whether a `t` is ahead of the window in which a request is accepted: its nonce is kept for longer. Both in unix seconds. */
export const isDatedAhead = (t: number, now: number): boolean => t > now + SIGNATURE_MAX_AHEAD;

/** Counts outstanding nonces against all limits: nonces dated ahead also count against a separate small limit. */
export class NonceQuota {
  readonly #all: OutstandingNonces;
  readonly #ahead: OutstandingNonces;

  constructor(limits: ReplayLimits) {
    this.#all = new OutstandingNonces(limits);
    this.#ahead = new OutstandingNonces(limits.ahead);
  }

  get occupancy(): Occupancy {
    return this.#all.occupancy;
  }

  hasRoom(claim: Claim, ahead: boolean): boolean {
    const payer = payerOf(claim);
    return this.#all.hasRoom(claim.k, payer) && (!ahead || this.#ahead.hasRoom(claim.k, payer));
  }

  /** @returns the number of the claim's `k` */
  add(k: string, payer: FairnessPath, t: number, ahead: boolean): number {
    if (ahead) this.#ahead.add(k, payer, t);
    return this.#all.add(k, payer, t);
  }

  /** Undoes an `add` whose claim was not won. */
  remove(k: string, t: number, ahead: boolean): void {
    if (ahead) this.#ahead.remove(k, t);
    this.#all.remove(k, t);
  }

  /** Forgets nonces at or below `t`. */
  forget(t: number): void {
    this.#all.forget(t);
    this.#ahead.forget(t);
  }

  /** The `k` of a number that `add` returned, as long as it has nonces. */
  nameOf(number: number): string {
    return this.#all.nameOf(number);
  }
}

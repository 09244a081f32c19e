import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import { addressPath, type FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Caller } from '../../gate/caller/caller.ts';
import { payerOfCaller } from '../../gate/caller/caller-payer.ts';
import { Refusal } from '../../lib/refusal.ts';
import { Heartbeat } from './heartbeat.ts';

/** The maximum number of open streams: for one credential, and for all together. */
const MAX_PER_CREDENTIAL = 100;
const MAX_STREAMS = 4_000;
/** Seconds after which another stream may have ended. */
const RETRY_AFTER = 10;

/** The streams that one instance has open. */
export class OpenStreams {
  readonly #slots = new FairBudget(MAX_STREAMS);
  readonly #ofCredential = new Map<string, number>();
  readonly heartbeat: Heartbeat;

  constructor(heartbeatSeconds: number) {
    this.heartbeat = new Heartbeat(heartbeatSeconds);
  }

  /**
   * Reserves a slot for a stream.
   * @returns a function that releases the slot; later calls do nothing
   * @throws Refusal RATE_LIMITED if the credential has too many open, UNAVAILABLE if its share of the total is used up
   */
  take(caller: Caller | null, address: string | null): () => void {
    const payer = payerOf(caller, address);
    const id = payer.join(' ');
    const count = this.#ofCredential.get(id) ?? 0;
    if (count >= MAX_PER_CREDENTIAL) {
      throw new Refusal('RATE_LIMITED', {
        limit: MAX_PER_CREDENTIAL,
        remaining: 0,
        retryAfter: RETRY_AFTER,
      });
    }
    if (!this.#slots.take(payer, 1)) throw new Refusal('UNAVAILABLE', { retryAfter: RETRY_AFTER });
    this.#ofCredential.set(id, count + 1);
    let open = true;
    return () => {
      if (open) this.#release(payer, id);
      open = false;
    };
  }

  #release(payer: FairnessPath, id: string): void {
    this.#slots.release(payer, 1);
    const left = (this.#ofCredential.get(id) ?? 1) - 1;
    if (left > 0) this.#ofCredential.set(id, left);
    else this.#ofCredential.delete(id);
  }
}

const payerOf = (caller: Caller | null, address: string | null): FairnessPath =>
  caller ? payerOfCaller(caller) : addressPath(address);

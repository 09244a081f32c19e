import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { TailedCall } from './subscription.ts';

/** Calls that wait to be sent, of all keys together. */
const MAX_CALLS = 2_000;

/**
 * Calls that wait to be sent to other instances, divided by key: a busy key loses its own oldest calls, and none of
 * another key.
 */
export class CallBacklog {
  readonly #slots = new FairBudget(MAX_CALLS);
  readonly #byKey = new Map<string, TailedCall[]>();

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** @returns whether the call fitted; if not, this key lost one call */
  push(call: TailedCall): boolean {
    const waiting = this.#byKey.get(call.keyId) ?? [];
    const hasRoom = this.#slots.take([call.keyId], 1);
    if (!hasRoom && waiting.shift() === undefined) return false;
    waiting.push(call);
    this.#byKey.set(call.keyId, waiting);
    return hasRoom;
  }

  /** Empties the backlog. The calls of each key are in the order in which they were pushed. */
  takeAll(): TailedCall[] {
    const calls = [...this.#byKey.values()].flat();
    for (const [keyId, { length }] of this.#byKey) this.#slots.release([keyId], length);
    this.#byKey.clear();
    return calls;
  }
}

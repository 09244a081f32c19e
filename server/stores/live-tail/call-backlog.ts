import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { TailedCall } from './subscription.ts';

/** Calls that wait to be sent, of all keys together. One key gets at most an eighth. */
const MAX_CALLS = 4_000;

/** The calls of a key, and the path to which they are charged. */
interface WaitingCalls {
  readonly payer: FairnessPath;
  readonly calls: TailedCall[];
}

/**
 * Calls that wait to be sent to other instances, divided by sponsor, workspace and key: a busy key loses its own oldest
 * calls, and none of another key, and the keys of a sponsor leave room for others'.
 */
export class CallBacklog {
  readonly #slots = new FairBudget(MAX_CALLS);
  readonly #byKey = new Map<string, WaitingCalls>();

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /**
   * @param payer the sponsor, the workspace and the key
   * @returns whether the call fitted; if not, this key lost one call
   */
  push(call: TailedCall, payer: FairnessPath): boolean {
    const waiting = this.#byKey.get(call.keyId) ?? { payer, calls: [] };
    const hasRoom = this.#slots.take(waiting.payer, 1);
    if (!hasRoom && waiting.calls.shift() === undefined) return false;
    waiting.calls.push(call);
    this.#byKey.set(call.keyId, waiting);
    return hasRoom;
  }

  /** Empties the backlog. The calls of each key are in the order in which they were pushed. */
  takeAll(): TailedCall[] {
    const all = [...this.#byKey.values()];
    for (const { payer, calls } of all) this.#slots.release(payer, calls.length);
    this.#byKey.clear();
    return all.flatMap(({ calls }) => calls);
  }
}

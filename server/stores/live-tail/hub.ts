import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Database } from '../database/database.ts';
import { CallBroadcast } from './call-broadcast.ts';
import { type TailedCall, TailSubscription } from './subscription.ts';

/** Watchers of one workspace, and of all, on one instance. Beside others a workspace has at most as many as are free. */
const MOST_OF_A_WORKSPACE = 20;
const MOST = 200;
/** Seconds after which somebody else may have left. */
const RETRY_AFTER = 10;

/** Who watches the calls of which key, on this instance and, through the exchange, on the others. */
export class LiveTailHub {
  /** By key. Where nobody watches, a call costs two looks into empty maps. */
  readonly #here = new Map<string, Set<TailSubscription>>();
  readonly #ofWorkspace = new Map<string, number>();
  readonly #exchange: CallBroadcast | null;
  readonly #slots = new FairBudget(MOST);

  /** @param connect makes the way to other instances, where there can be any */
  constructor(connect: ((tails: LiveTailHub) => CallBroadcast) | null) {
    this.#exchange = connect?.(this) ?? null;
  }

  /**
   * Watches a key until `close` is called; every instance that can be reached is told before this resolves.
   * Refuses with RATE_LIMITED a workspace that has too many watchers, with UNAVAILABLE one whose share of all is used up.
   */
  async open(keyId: string, workspaceId: string): Promise<TailSubscription> {
    const inWorkspace = this.#ofWorkspace.get(workspaceId) ?? 0;
    if (inWorkspace >= MOST_OF_A_WORKSPACE) {
      throw new Refusal('RATE_LIMITED', { limit: MOST_OF_A_WORKSPACE, retryAfter: RETRY_AFTER });
    }
    if (!this.#slots.take([workspaceId], 1)) throw new Refusal('UNAVAILABLE', { retryAfter: RETRY_AFTER });
    this.#ofWorkspace.set(workspaceId, inWorkspace + 1);
    let closed = false;
    const tail = new TailSubscription(() => {
      if (!closed) this.#close(tail, keyId, workspaceId);
      closed = true;
    });
    const watchers = this.#here.get(keyId) ?? new Set();
    this.#here.set(keyId, watchers.add(tail));
    try {
      await this.#exchange?.announce();
      return tail;
    } catch (error) {
      tail.close();
      throw error;
    }
  }

  get fill(): Occupancy {
    return this.#slots.fill;
  }

  /** The keys that are watched here. */
  watched(): string[] {
    return [...this.#here.keys()];
  }

  /** Whether anybody, on any instance, wants to be told of a key's calls. */
  watches(keyId: string): boolean {
    return this.#here.has(keyId) || (this.#exchange?.wanted(keyId) ?? false);
  }

  /** Tells everybody who watches the key of a call that ended here. */
  tell(call: TailedCall): void {
    this.hear(call);
    if (this.#exchange?.wanted(call.keyId)) this.#exchange.send(call);
  }

  /** Tells those who watch here. */
  hear(call: TailedCall): void {
    for (const tail of this.#here.get(call.keyId) ?? []) tail.push(call);
  }

  /** Tells those who watch here that calls of a key were lost on their way. */
  miss(keyId: string, count: number): void {
    for (const tail of this.#here.get(keyId) ?? []) tail.miss(count);
  }

  /** Keeps in touch with the other instances. */
  async maintain(): Promise<void> {
    await this.#exchange?.maintain();
  }

  async close(): Promise<void> {
    await this.#exchange?.close();
  }

  #close(tail: TailSubscription, keyId: string, workspaceId: string): void {
    this.#slots.giveBack([workspaceId], 1);
    const left = (this.#ofWorkspace.get(workspaceId) ?? 1) - 1;
    if (left > 0) this.#ofWorkspace.set(workspaceId, left);
    else this.#ofWorkspace.delete(workspaceId);
    const watchers = this.#here.get(keyId);
    watchers?.delete(tail);
    if (watchers?.size === 0) this.#here.delete(keyId);
  }
}

/** On Postgres the watchers of all instances, on PGlite those of the one process. */
export function openLiveTailHub(database: Database, databaseUrl: string | null): LiveTailHub {
  if (databaseUrl === null) return new LiveTailHub(null);
  return new LiveTailHub((tails) => new CallBroadcast(database, databaseUrl, tails));
}

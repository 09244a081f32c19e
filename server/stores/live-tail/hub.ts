import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Database } from '../database/database.ts';
import { CallBroadcast } from './call-broadcast.ts';
import { type TailedCall, TailSubscription } from './subscription.ts';

/**
 * Watchers of one workspace, and of all, on one instance. Once others watch too, a workspace gets at most as many as
 * are free.
 */
const MAX_PER_WORKSPACE = 20;
const MAX_WATCHERS = 200;
/** Seconds after which another watcher may have left. */
const RETRY_AFTER = 10;

/** The watchers of keys on this instance and, through the broadcast, on the others. */
export class LiveTailHub {
  /** By key. Without watchers, a call costs two look-ups in empty maps. */
  readonly #here = new Map<string, Set<TailSubscription>>();
  readonly #ofWorkspace = new Map<string, number>();
  readonly #exchange: CallBroadcast | null;
  readonly #slots = new FairBudget(MAX_WATCHERS);

  /** @param connect opens the channel to other instances; null if there can be none */
  constructor(connect: ((tails: LiveTailHub) => CallBroadcast) | null) {
    this.#exchange = connect?.(this) ?? null;
  }

  /**
   * Watches a key until `close` is called. Every reachable instance knows of the watcher before this resolves.
   * @throws Refusal RATE_LIMITED if the workspace has too many watchers, UNAVAILABLE if its share of all is used up
   */
  async open(keyId: string, workspaceId: string): Promise<TailSubscription> {
    const inWorkspace = this.#ofWorkspace.get(workspaceId) ?? 0;
    if (inWorkspace >= MAX_PER_WORKSPACE) {
      throw new Refusal('RATE_LIMITED', { limit: MAX_PER_WORKSPACE, retryAfter: RETRY_AFTER });
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

  get occupancy(): Occupancy {
    return this.#slots.occupancy;
  }

  /** The keys that are watched on this instance. */
  watched(): string[] {
    return [...this.#here.keys()];
  }

  /** Whether a watcher on any instance watches a key. */
  watches(keyId: string): boolean {
    return this.#here.has(keyId) || (this.#exchange?.wanted(keyId) ?? false);
  }

  /** Sends a call that ended here to all watchers of its key. */
  tell(call: TailedCall): void {
    this.hear(call);
    if (this.#exchange?.wanted(call.keyId)) this.#exchange.send(call);
  }

  /** Sends a call to the watchers on this instance. */
  hear(call: TailedCall): void {
    for (const tail of this.#here.get(call.keyId) ?? []) tail.push(call);
  }

  /** Reports to the watchers on this instance that calls of a key were lost on their way. */
  miss(keyId: string, count: number): void {
    for (const tail of this.#here.get(keyId) ?? []) tail.miss(count);
  }

  /** Keeps the connection to the other instances alive. */
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

/** On Postgres the hub reaches the watchers of all instances, on PGlite those of the one process. */
export function openLiveTailHub(database: Database, databaseUrl: string | null): LiveTailHub {
  if (databaseUrl === null) return new LiveTailHub(null);
  return new LiveTailHub((tails) => new CallBroadcast(database, databaseUrl, tails));
}

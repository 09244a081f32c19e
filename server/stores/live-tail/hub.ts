import { randomUUID } from 'node:crypto';
import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Database } from '../database/database.ts';
import {
  type BroadcastMessage,
  positionsIn,
  tailsOf,
  type WatchedKey,
  watchedIn,
} from './broadcast-messages.ts';
import { CallBroadcast } from './call-broadcast.ts';
import { RecentCalls } from './recent-calls.ts';
import {
  NO_POSITION,
  type TailEntry,
  type TailedCall,
  type TailItem,
  TailSubscription,
} from './subscription.ts';

/** The maximum number of watchers of one workspace, and of all, on one instance. Workspaces share what is free. */
const MAX_PER_WORKSPACE = 20;
const MAX_WATCHERS = 200;
/** Seconds after which another watcher may have left. */
const RETRY_AFTER = 10;

/** The watchers of one key on this instance. */
interface KeyWatchers {
  readonly tenant: FairnessPath;
  readonly tails: Set<TailSubscription>;
}

/** Where a new watcher begins. */
interface TailStart {
  readonly keyId: string;
  readonly tenant: FairnessPath;
  readonly position: string;
  /** The position of the last event that it received; null for none. */
  readonly after: string | null;
}

/** The watchers of keys on this instance and, through the broadcast, on the others. */
export class LiveTailHub {
  /** By key. */
  readonly #localWatchers = new Map<string, KeyWatchers>();
  readonly #ofWorkspace = new Map<string, number>();
  readonly #broadcast: CallBroadcast | null;
  readonly #slots = new FairBudget(MAX_WATCHERS);
  readonly #recent: RecentCalls;
  readonly #instanceId = randomUUID();
  #nextNumber = 1;

  /**
   * @param connect opens the channel to other instances; null if there can be no other instances
   * @param now milliseconds that never go back
   */
  constructor(
    connect: ((tails: LiveTailHub) => CallBroadcast) | null,
    now: () => number = () => performance.now(),
  ) {
    this.#recent = new RecentCalls(now);
    this.#broadcast = connect?.(this) ?? null;
  }

  /**
   * Watches a key until `close` is called. Every reachable instance knows of the watcher before this resolves.
   * @param tenant the sponsor and the workspace of the key
   * @param after the position of the last event that the watcher received: it gets the events after it, or one `missed`
   * event if they are not known; null for a new watcher
   * @throws Refusal RATE_LIMITED if the workspace has too many watchers, UNAVAILABLE if its share of the total is used up
   */
  async open(keyId: string, tenant: FairnessPath, after: string | null): Promise<TailSubscription> {
    const leave = this.#takeSlot(tenant);
    let tail: TailSubscription | undefined;
    const begin = (position: string) => {
      const close = () => {
        if (tail && this.#localWatchers.get(keyId)?.tails.has(tail)) this.#remove(tail, keyId);
        leave();
      };
      tail = this.#begin({ keyId, tenant, position, after }, close);
    };
    try {
      if (this.#broadcast) await this.#broadcast.open([keyId, tenant], begin);
      else this.#receiveLocally({ opened: keyId, ...tailsOf([[keyId, tenant]]) }, begin);
      if (!tail) throw new Refusal('UNAVAILABLE', { retryAfter: RETRY_AFTER });
      return tail;
    } catch (error) {
      tail?.close();
      leave();
      throw error;
    }
  }

  get occupancy(): Occupancy {
    return this.#slots.occupancy;
  }

  /** The keys that are watched on this instance, with their sponsors and workspaces. */
  watched(): WatchedKey[] {
    return [...this.#localWatchers].map(([keyId, { tenant }]) => [keyId, tenant]);
  }

  /**
   * Whether a watcher on any instance watches a key, or did within the last two minutes. Without watchers, this costs three
   * lookups in empty maps.
   */
  watches(keyId: string): boolean {
    return (
      this.#localWatchers.has(keyId) ||
      this.#recent.has(keyId) ||
      (this.#broadcast?.isWatchedElsewhere(keyId) ?? false)
    );
  }

  /**
   * Sends a call that ended here to all watchers of its key.
   * @param payer the sponsor, the workspace and the key
   */
  publish(call: TailedCall, payer: FairnessPath): void {
    if (this.#broadcast) this.#broadcast.send(call, payer);
    else this.#receiveLocally({ calls: [call] });
  }

  /** Receives a message, in the order that is the same on all instances. */
  onMessage(message: BroadcastMessage): void {
    const { opened, calls = [], missed = [] } = message;
    const next = positionsIn(message);
    for (const [keyId, tenant] of watchedIn(message)) this.#recent.keep(keyId, tenant);
    if (opened !== undefined) this.#recent.add(opened, next());
    for (const call of calls) this.#deliver(call.keyId, next(), call);
    for (const [keyId, count] of missed) this.#deliver(keyId, next(), { missed: count });
  }

  /** Tells the watchers on this instance that an unknown number of calls was lost. */
  onLoss(): void {
    this.#recent.clear();
    const entry: TailEntry = { position: NO_POSITION, item: { missed: null } };
    for (const { tails } of this.#localWatchers.values()) for (const tail of tails) tail.push(entry);
  }

  /** Keeps the connection to the other instances alive, and deletes calls that were kept for long enough. */
  async maintain(): Promise<void> {
    for (const [keyId, tenant] of this.watched()) this.#recent.keep(keyId, tenant);
    this.#recent.expire();
    await this.#broadcast?.maintain();
  }

  async close(): Promise<void> {
    await this.#broadcast?.close();
  }

  /** Delivers items if there is no other instance. */
  #receiveLocally(items: Omit<BroadcastMessage, 'from' | 'n'>, begin?: (position: string) => void): void {
    const message = { from: this.#instanceId, n: this.#nextNumber++, ...items };
    this.onMessage(message);
    begin?.(positionsIn(message)());
  }

  #deliver(keyId: string, position: string, item: TailItem): void {
    const entry = { position, item };
    this.#recent.add(keyId, entry);
    for (const tail of this.#localWatchers.get(keyId)?.tails ?? []) tail.push(entry);
  }

  /** Creates a watcher at a position: earlier events are in its backlog, later ones are delivered to it. */
  #begin({ keyId, tenant, position, after }: TailStart, close: () => void): TailSubscription {
    const unknown: TailEntry = { position, item: { missed: null } };
    const backlog = after === null ? [] : (this.#recent.after(keyId, after) ?? [unknown]);
    const tail = new TailSubscription(close, position, backlog);
    const watched = this.#localWatchers.get(keyId) ?? { tenant, tails: new Set() };
    watched.tails.add(tail);
    this.#localWatchers.set(keyId, watched);
    return tail;
  }

  /** Reserves a slot for a watcher. @returns a function that releases it; later calls do nothing */
  #takeSlot(tenant: FairnessPath): () => void {
    const [, workspaceId = ''] = tenant;
    const inWorkspace = this.#ofWorkspace.get(workspaceId) ?? 0;
    if (inWorkspace >= MAX_PER_WORKSPACE) {
      throw new Refusal('RATE_LIMITED', { limit: MAX_PER_WORKSPACE, retryAfter: RETRY_AFTER });
    }
    if (!this.#slots.take(tenant, 1)) throw new Refusal('UNAVAILABLE', { retryAfter: RETRY_AFTER });
    this.#ofWorkspace.set(workspaceId, inWorkspace + 1);
    let holdsSlot = true;
    return () => {
      if (!holdsSlot) return;
      holdsSlot = false;
      this.#slots.release(tenant, 1);
      const left = (this.#ofWorkspace.get(workspaceId) ?? 1) - 1;
      if (left > 0) this.#ofWorkspace.set(workspaceId, left);
      else this.#ofWorkspace.delete(workspaceId);
    };
  }

  #remove(tail: TailSubscription, keyId: string): void {
    const watched = this.#localWatchers.get(keyId);
    watched?.tails.delete(tail);
    if (watched?.tails.size === 0) this.#localWatchers.delete(keyId);
  }
}

/** On Postgres the hub reaches the watchers of all instances, on PGlite those of the one process. */
export function openLiveTailHub(database: Database, databaseUrl: string | null): LiveTailHub {
  if (databaseUrl === null) return new LiveTailHub(null);
  return new LiveTailHub((tails) => new CallBroadcast(database, databaseUrl, tails));
}

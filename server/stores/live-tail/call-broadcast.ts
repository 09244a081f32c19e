import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Database } from '../database/database.ts';
import {
  type BroadcastMessage,
  packAnnouncements,
  packCalls,
  positionsIn,
  readMessage,
  tailsOf,
  type WatchedKey,
} from './broadcast-messages.ts';
import { CallBacklog } from './call-backlog.ts';
import { NotificationListener } from './notification-listener.ts';
import type { TailedCall } from './subscription.ts';

const CHANNEL = 'keyseal_calls';
/** Milliseconds for which calls are collected before one message carries them to all instances. */
const COLLECT_MS = 100;
/** Keys that other instances watch, and keys that lost calls. */
const MAX_KEYS = 5_000;
/** Milliseconds after which an announcement that is not repeated expires. Instances repeat it every two seconds. */
const ANNOUNCEMENT_TTL_MS = 6_000;
/** Milliseconds within which a message comes back to the instance that sent it. */
const ECHO_MS = 2_000;
/** Messages that were delivered here without having come back. */
const MAX_DELIVERED = 1_000;

/** Receives the calls of all instances. */
interface Listeners {
  watched(): WatchedKey[];
  /** Receives a message, in the order that is the same on all instances. */
  onMessage(message: BroadcastMessage): void;
  /** An unknown number of messages was lost. */
  onLoss(): void;
}

/** Resolves with the work, or once a message should have come back. */
async function untilEchoTimeout(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ECHO_MS);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/**
 * Carries calls by NOTIFY, through the shared Postgres, to all instances, including the sender. Postgres delivers
 * notifications to every listener in the order of their commits, so all instances see the calls of a key in the same
 * order, and a position means the same on each. Instances announce their watched keys and repeat the announcement, so that
 * a lost message repairs itself. Without watchers, only announcements are sent.
 *
 * If no notification arrives (a pooler in transaction mode forwards none), the instance delivers its own calls to its own
 * watchers.
 */
export class CallBroadcast {
  readonly #instanceId = randomUUID();
  readonly #database: Database;
  readonly #listeners: Listeners;
  readonly #listener: NotificationListener;
  /** When other instances' interest in a key ends, by `performance.now()`. */
  readonly #watchedElsewhere = new Map<string, number>();
  readonly #waiting = new CallBacklog();
  readonly #missed = new Map<string, number>();
  /** Watchers that begin when the message of this number comes back. */
  readonly #awaitingEcho = new Map<number, (position: string) => void>();
  /** Messages of this instance, by number, that were delivered here already. */
  readonly #delivered = new Set<number>();
  #sending: Promise<void> | null = null;
  /** A message did not come back, and none has arrived since. */
  #echoIsMissing = false;
  #n = 1;

  constructor(database: Database, url: string, listeners: Listeners) {
    this.#database = database;
    this.#listeners = listeners;
    const onNotification = (text: string) => this.#onNotification(text);
    this.#listener = new NotificationListener(url, CHANNEL, {
      onNotification,
      onLoss: () => listeners.onLoss(),
    });
  }

  isWatchedElsewhere(keyId: string): boolean {
    return this.#watchedElsewhere.has(keyId);
  }

  /** Sends a call soon. If its key has too many calls waiting, watchers get a count of those that they missed. */
  send(call: TailedCall, payer: FairnessPath): void {
    if (!this.#waiting.push(call, payer)) this.#noteMissed(call.keyId, 1);
    this.#sending ??= this.#sendSoon();
  }

  /**
   * Announces a new watcher of a key, and calls `begin` with the position of the announcement in the order of all calls.
   * Every reachable instance knows of the watcher by then.
   */
  async open(watched: WatchedKey, begin: (position: string) => void): Promise<void> {
    await this.#listener.open();
    const n = this.#n++;
    const message = { from: this.#instanceId, n, opened: watched[0], ...tailsOf([watched]) };
    const begun = new Promise<void>((resolve) => {
      this.#awaitingEcho.set(n, (position) => {
        this.#awaitingEcho.delete(n);
        begin(position);
        resolve();
      });
    });
    try {
      await this.#notify([message]);
      if (!this.#echoIsMissing) await untilEchoTimeout(begun);
      if (!this.#awaitingEcho.has(n)) return;
      this.#echoIsMissing = true;
      this.#deliverHere(message);
    } finally {
      this.#awaitingEcho.delete(n);
    }
  }

  /** Announces the keys watched here. */
  announce(): Promise<void> {
    return this.#notify(packAnnouncements(this.#instanceId, this.#listeners.watched()));
  }

  /** Drops expired announcements, reconnects a lost listener, and announces again the keys watched here. */
  async maintain(): Promise<void> {
    const now = performance.now();
    for (const [keyId, until] of this.#watchedElsewhere)
      if (until < now) this.#watchedElsewhere.delete(keyId);
    const wasSilent = await this.#listener.maintain();
    await this.announce();
    if (wasSilent) throw new Error('a notification of Postgres did not arrive; listening again');
  }

  async close(): Promise<void> {
    await this.#sending;
    await this.#listener.close();
  }

  #onNotification(text: string): void {
    this.#echoIsMissing = false;
    const message = readMessage(text);
    if (message === null) return;
    const isMine = message.from === this.#instanceId;
    if (!isMine) this.#noteWatched(message.tails ?? []);
    if (isMine && message.n !== undefined && this.#delivered.delete(message.n)) return;
    this.#take(message);
  }

  #noteWatched(keyIds: readonly string[]): void {
    const until = performance.now() + ANNOUNCEMENT_TTL_MS;
    for (const keyId of keyIds) {
      if (this.#watchedElsewhere.size < MAX_KEYS || this.#watchedElsewhere.has(keyId))
        this.#watchedElsewhere.set(keyId, until);
    }
  }

  /** Delivers a message of this instance that does not come back. */
  #deliverHere(message: BroadcastMessage): void {
    if (message.n !== undefined && this.#delivered.size < MAX_DELIVERED) this.#delivered.add(message.n);
    this.#take(message);
  }

  #take(message: BroadcastMessage): void {
    this.#listeners.onMessage(message);
    if (message.from === this.#instanceId && message.n !== undefined)
      this.#awaitingEcho.get(message.n)?.(positionsIn(message)());
  }

  async #sendSoon(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, COLLECT_MS));
    const calls = this.#waiting.takeAll();
    const missed = [...this.#missed];
    this.#missed.clear();
    const messages = packCalls(this.#instanceId, calls, missed, this.#n);
    this.#n += calls.length + missed.length;
    try {
      await this.#notify(messages);
      if (this.#echoIsMissing) for (const message of messages) this.#deliverHere(message);
    } catch {
      // The next message that gets through reports them as missed.
      for (const { keyId } of calls) this.#noteMissed(keyId, 1);
      for (const [keyId, count] of missed) this.#noteMissed(keyId, count);
    }
    this.#sending = this.#waiting.isEmpty ? null : this.#sendSoon();
  }

  #noteMissed(keyId: string, count: number): void {
    if (this.#missed.size < MAX_KEYS || this.#missed.has(keyId))
      this.#missed.set(keyId, (this.#missed.get(keyId) ?? 0) + count);
  }

  async #notify(messages: readonly BroadcastMessage[]): Promise<void> {
    const texts = JSON.stringify(messages.map((message) => JSON.stringify(message)));
    await this.#database.db.execute(
      sql`select pg_notify(${CHANNEL}, text) from json_array_elements_text(${texts}::text::json) as text`,
    );
  }
}

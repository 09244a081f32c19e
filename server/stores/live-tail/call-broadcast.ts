import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Sql } from 'postgres';
import { connectPostgres, Upstream } from '../database/connection/connect.ts';
import type { Database } from '../database/database.ts';
import { withTimeout } from '../database/timeout.ts';
import { type BroadcastMessage, packed, readMessage } from './broadcast-messages.ts';
import { CallBacklog } from './call-backlog.ts';
import type { TailedCall } from './subscription.ts';

const CHANNEL = 'keyseal_calls';
/** Milliseconds for which calls are collected before one message carries them to other instances. */
const GATHERED_MS = 100;
/** Keys that other instances watch. */
const MAX_WANTED = 5_000;
/** Milliseconds after which an announcement that is not repeated expires. Instances repeat it every two seconds. */
const WANTED_MS = 6_000;
/** Milliseconds after which a listener that has not received even its own instance's messages is replaced. */
const DEAF_MS = 6_000;

/** Receives the calls of other instances, and names the keys watched here. */
interface Listeners {
  watched(): string[];
  hear(call: TailedCall): void;
  miss(keyId: string, count: number): void;
}

/**
 * Carries calls by NOTIFY, on the one Postgres, to the instances where somebody watches their key. Instances announce
 * their watched keys and repeat the announcement, so that a lost message repairs itself. Without watchers, only
 * announcements are sent.
 */
export class CallBroadcast {
  readonly #me = randomUUID();
  readonly #database: Database;
  readonly #url: string;
  readonly #listeners: Listeners;
  /** When other instances' interest in a key ends, by `performance.now()`. */
  readonly #wanted = new Map<string, number>();
  readonly #waiting = new CallBacklog();
  readonly #missed = new Map<string, number>();
  #sending: Promise<void> | null = null;
  #ear: Sql | null = null;
  #heard = Number.NEGATIVE_INFINITY;

  constructor(database: Database, url: string, listeners: Listeners) {
    this.#database = database;
    this.#url = url;
    this.#listeners = listeners;
  }

  wanted(keyId: string): boolean {
    return this.#wanted.has(keyId);
  }

  /** Sends a call soon. If its key has too many calls waiting, watchers get a count of those that they missed. */
  send(call: TailedCall): void {
    if (!this.#waiting.push(call)) this.#miss(call.keyId, 1);
    this.#sending ??= this.#sendSoon();
  }

  /** Announces the keys watched here. */
  announce(): Promise<void> {
    return this.#notify([{ from: this.#me, tails: this.#listeners.watched() }]);
  }

  /** Drops expired announcements, reconnects a lost listener, and announces again the keys watched here. */
  async maintain(): Promise<void> {
    const now = performance.now();
    for (const [keyId, until] of this.#wanted) if (until < now) this.#wanted.delete(keyId);
    const deaf = now - this.#heard > DEAF_MS;
    const listened = this.#ear !== null;
    if (deaf) await this.#listen();
    await this.announce();
    if (deaf && listened) throw new Error('notifications of Postgres did not arrive; listening again');
  }

  async close(): Promise<void> {
    await this.#sending;
    await this.#ear?.end({ timeout: 1 });
  }

  /** Listens on a new connection, which replaces one that receives nothing. */
  async #listen(): Promise<void> {
    await this.#ear?.end({ timeout: 0 });
    this.#ear = connectPostgres(this.#url, { max: 1, upstream: new Upstream(true) });
    await withTimeout(this.#ear.listen(CHANNEL, (text) => this.#hear(text)));
    this.#heard = performance.now();
  }

  #hear(text: string): void {
    this.#heard = performance.now();
    const message = readMessage(text);
    if (message === null || message.from === this.#me) return;
    const until = this.#heard + WANTED_MS;
    for (const keyId of message.tails ?? []) {
      if (this.#wanted.size < MAX_WANTED || this.#wanted.has(keyId)) this.#wanted.set(keyId, until);
    }
    for (const call of message.calls ?? []) this.#listeners.hear(call);
    for (const [keyId, count] of message.missed ?? []) this.#listeners.miss(keyId, count);
  }

  async #sendSoon(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHERED_MS));
    const calls = this.#waiting.takeAll();
    const missed = [...this.#missed];
    this.#missed.clear();
    try {
      await this.#notify(packed(this.#me, calls, missed));
    } catch {
      // The next message that gets through reports them as missed.
      for (const { keyId } of calls) this.#miss(keyId, 1);
      for (const [keyId, count] of missed) this.#miss(keyId, count);
    }
    this.#sending = this.#waiting.isEmpty ? null : this.#sendSoon();
  }

  #miss(keyId: string, count: number): void {
    if (this.#wanted.has(keyId)) this.#missed.set(keyId, (this.#missed.get(keyId) ?? 0) + count);
  }

  async #notify(messages: readonly BroadcastMessage[]): Promise<void> {
    const texts = JSON.stringify(messages.map((message) => JSON.stringify(message)));
    await this.#database.db.execute(
      sql`select pg_notify(${CHANNEL}, text) from json_array_elements_text(${texts}::text::json) as text`,
    );
  }
}

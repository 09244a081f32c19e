import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Sql } from 'postgres';
import { connectPostgres } from '../database/connection/connect.ts';
import type { Database } from '../database/database.ts';
import { withTimeout } from '../database/timeout.ts';
import { type BroadcastMessage, packed, readMessage } from './broadcast-messages.ts';
import { CallBacklog } from './call-backlog.ts';
import type { TailedCall } from './subscription.ts';

const CHANNEL = 'keyseal_calls';
/** Calls are gathered for so long before they are sent to other instances, in milliseconds. */
const GATHERED_MS = 100;
/** Keys that other instances want to hear of. */
const MOST_WANTED = 5_000;
/** An announcement is made every two seconds; one that is not repeated for so long is over, in milliseconds. */
const WANTED_MS = 6_000;
/** A listener that has not heard even its own instance for so long is replaced, in milliseconds. */
const DEAF_MS = 6_000;

/** Whom the exchange hands over what it hears, and whose watchers it announces. */
interface Listeners {
  watched(): string[];
  hear(call: TailedCall): void;
  miss(keyId: string, count: number): void;
}

/**
 * Carries calls to the instances on which somebody watches their key, by NOTIFY on their one Postgres. Instances
 * announce which keys are watched on them, and repeat it: a message that is lost mends itself, and nothing but
 * announcements is sent where nobody watches.
 */
export class CallBroadcast {
  readonly #me = randomUUID();
  readonly #database: Database;
  readonly #url: string;
  readonly #listeners: Listeners;
  /** Until when other instances want to hear of a key, by `performance.now()`. */
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

  /** Sends a call soon. Where its key has too many waiting, its watchers are told how many they missed. */
  send(call: TailedCall): void {
    if (!this.#waiting.push(call)) this.#miss(call.keyId, 1);
    this.#sending ??= this.#sendSoon();
  }

  /** Says which keys are watched here. */
  announce(): Promise<void> {
    return this.#notify([{ from: this.#me, tails: this.#listeners.watched() }]);
  }

  /** Forgets what is not wanted any more, listens where it does not, and says again what is watched here. */
  async maintain(): Promise<void> {
    const now = performance.now();
    for (const [keyId, until] of this.#wanted) if (until < now) this.#wanted.delete(keyId);
    const deaf = now - this.#heard > DEAF_MS;
    const listened = this.#ear !== null;
    if (deaf) await this.#listen();
    await this.announce();
    if (deaf && listened) throw new Error('notifications of Postgres did not come through; listening anew');
  }

  async close(): Promise<void> {
    await this.#sending;
    await this.#ear?.end({ timeout: 1 });
  }

  /** By a connection of its own, which takes the place of one that hears nothing. */
  async #listen(): Promise<void> {
    await this.#ear?.end({ timeout: 0 });
    this.#ear = connectPostgres(this.#url, { max: 1 });
    await withTimeout(this.#ear.listen(CHANNEL, (text) => this.#hear(text)));
    this.#heard = performance.now();
  }

  #hear(text: string): void {
    this.#heard = performance.now();
    const message = readMessage(text);
    if (message === null || message.from === this.#me) return;
    const until = this.#heard + WANTED_MS;
    for (const keyId of message.tails ?? []) {
      if (this.#wanted.size < MOST_WANTED || this.#wanted.has(keyId)) this.#wanted.set(keyId, until);
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
      // Their watchers are told with the next that gets through.
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

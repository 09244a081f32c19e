import type { Sql } from 'postgres';
import { connectPostgres, Upstream } from '../database/connection/connect.ts';
import { withTimeout } from '../database/timeout.ts';

/** Milliseconds after which a listener that has not received even its own instance's messages is replaced. */
const NO_NOTIFICATION_MS = 6_000;

/** Receives what a listener hears. */
interface Receiver {
  /** Receives a notification, in the order that is the same for all listeners. */
  onNotification(text: string): void;
  /** Called if notifications may have been lost: the connection broke, or none arrived for a while. */
  onLoss(): void;
}

/** Listens to one channel of Postgres on its own connection, and notices when notifications may have been lost. */
export class NotificationListener {
  readonly #url: string;
  readonly #channel: string;
  readonly #receiver: Receiver;
  #listening: Promise<void> | null = null;
  #connection: Sql | null = null;
  #lastNotificationAt = Number.NEGATIVE_INFINITY;
  #isReceiving = false;

  constructor(url: string, channel: string, receiver: Receiver) {
    this.#url = url;
    this.#channel = channel;
    this.#receiver = receiver;
  }

  /** Listens, if it does not yet. */
  async open(): Promise<void> {
    if (!this.#connection) await this.#listen();
  }

  /** Replaces a connection that receives nothing. @returns whether it did, and was open before */
  async maintain(): Promise<boolean> {
    if (performance.now() - this.#lastNotificationAt <= NO_NOTIFICATION_MS) return false;
    const wasOpen = this.#connection !== null;
    this.#noteLoss();
    await this.#listen();
    return wasOpen;
  }

  async close(): Promise<void> {
    await this.#connection?.end({ timeout: 1 });
  }

  #listen(): Promise<void> {
    this.#listening ??= this.#reconnect().finally(() => {
      this.#listening = null;
    });
    return this.#listening;
  }

  async #reconnect(): Promise<void> {
    await this.#connection?.end({ timeout: 0 });
    const connection = connectPostgres(this.#url, { max: 1, upstream: new Upstream(true), listens: true });
    this.#connection = connection;
    // The driver replaces a broken connection. Notifications that were sent in between are lost.
    const onReconnect = () => this.#connection === connection && this.#noteLoss();
    await withTimeout(connection.listen(this.#channel, (text) => this.#onNotification(text), onReconnect));
    this.#lastNotificationAt = performance.now();
  }

  #onNotification(text: string): void {
    this.#lastNotificationAt = performance.now();
    if (!this.#isReceiving) this.#receiver.onLoss();
    this.#isReceiving = true;
    this.#receiver.onNotification(text);
  }

  #noteLoss(): void {
    if (!this.#isReceiving) return;
    this.#isReceiving = false;
    this.#receiver.onLoss();
  }
}

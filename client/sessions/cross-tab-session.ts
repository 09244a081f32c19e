import type { KeysealRefusal } from '../calls/refusal.ts';
import { webCrypto } from '../signing/web-hashes.ts';
import {
  type AnySession,
  isFinal,
  isFresh,
  type Refresh,
  refreshWithRetry,
  type SessionClock,
  type SessionManager,
  type SharedSession,
} from './session.ts';
import { indexedDbStore, memoryStore, type SessionStore } from './session-store.ts';

/** A tab that hangs while it has the lock delays the others no longer than a refresh can take. */
const LOCK_MS = 25_000;

/**
 * One session for all tabs of an origin: stored in IndexedDB, refreshed by one tab at a time, and announced to the
 * others. If the browser cannot store it, only this page has the session.
 */
export class CrossTabSession implements SharedSession {
  #store: SessionStore;
  /** The last value read; undefined before the first read. */
  #session: AnySession | null | undefined;
  /** Why the last session ended, if a refusal said so. */
  #endReason: KeysealRefusal | null = null;
  #renewing: Promise<AnySession | null> | null = null;
  #channel: BroadcastChannel | undefined;
  readonly #name: string;
  readonly #listeners = new Set<() => void>();

  /** @param name of the database, the lock and the channel */
  constructor(name: string) {
    this.#name = name;
    this.#store = globalThis.indexedDB ? indexedDbStore(name) : memoryStore();
    if (!this.#store.lasting) {
      this.#session = null;
      return;
    }
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = () => this.#reload();
    // A page restored from the back/forward cache has missed the other tabs' messages.
    addEventListener('pageshow', ({ persisted }) => persisted && this.#reload());
    this.#reload();
  }

  get id(): string | null | undefined {
    return this.#session === null ? null : this.#session?.id;
  }

  get lasting(): boolean {
    return this.#store.lasting;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  managerFor(clock: SessionClock, refresh: Refresh): SessionManager {
    const current = () => this.#session ?? null;
    const renew = (refused: string | undefined) => this.#renew(refused, clock, refresh);
    return {
      get session() {
        return current();
      },
      renew,
      fresh: async () => {
        const session = await this.readSession();
        if (!session && this.#endReason) throw this.#endReason;
        return session && !isFresh(session, clock) ? renew(session.accessToken) : session;
      },
      end: (reason, id = this.id ?? undefined) => {
        // Refuse calls from now on, whether or not the browser deletes the session.
        if (id !== undefined) void this.end(reason, id).catch(() => {});
      },
    };
  }

  /** Replaces any stored session. */
  async begin(session: AnySession): Promise<void> {
    try {
      await this.#store.write(session);
    } catch {
      this.#store = memoryStore();
      await this.#store.write(session);
    }
    await this.#readAndBroadcast();
  }

  /** Drops a session, unless another has replaced it. */
  async end(reason: KeysealRefusal | null, id: string): Promise<void> {
    if (this.id === id) {
      this.#setSession(null);
      this.#endReason = reason;
    }
    if (await this.#store.replace(id, null)) await this.#readAndBroadcast();
    // Another user has signed in in the meantime.
    else this.#setSession(await this.#store.read());
  }

  /** @throws Error if the page cannot sign, before anything is sent */
  async readSession(): Promise<AnySession | null> {
    webCrypto();
    return this.#session === undefined ? this.#setSession(await this.#store.read()) : this.#session;
  }

  async #renew(
    refused: string | undefined,
    clock: SessionClock,
    refresh: Refresh,
  ): Promise<AnySession | null> {
    if (this.#session?.accessToken !== refused) return this.#session ?? null;
    this.#renewing ??= this.#withLock(() => this.#renewOnce(refused, clock, refresh)).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renewOnce(
    refused: string | undefined,
    clock: SessionClock,
    refresh: Refresh,
  ): Promise<AnySession | null> {
    const kept = this.#setSession(await this.#store.read());
    // Another tab has refreshed or ended it.
    if (!kept || (kept.accessToken !== refused && isFresh(kept, clock))) return kept;
    try {
      await this.#store.replace(kept.id, await refreshWithRetry(kept, refresh));
    } catch (error) {
      if (isFinal(error)) await this.end(error, kept.id);
      throw error;
    }
    return this.#readAndBroadcast();
  }

  /** Runs while no other tab does. A tab that closes in the meantime releases the lock. */
  async #withLock<T>(work: () => Promise<T>): Promise<T> {
    const locks = this.lasting ? navigator.locks : undefined;
    if (!locks) return work();
    let hasLock = false;
    const options = { signal: AbortSignal.timeout(LOCK_MS) };
    try {
      return await locks.request(this.#name, options, () => {
        hasLock = true;
        return work();
      });
    } catch (error) {
      if (hasLock) throw error;
      return work();
    }
  }

  async #readAndBroadcast(): Promise<AnySession | null> {
    const session = this.#setSession(await this.#store.read());
    // The message says only that something changed; the other tabs read it themselves.
    this.#channel?.postMessage(null);
    return session;
  }

  #reload(): void {
    const keepSession = () => this.#setSession(this.#session ?? null);
    this.#store.read().then((session) => this.#setSession(session), keepSession);
  }

  #setSession(session: AnySession | null): AnySession | null {
    const before = this.id;
    this.#session = session;
    if (session) this.#endReason = null;
    if (this.id !== before) for (const listener of [...this.#listeners]) listener();
    return session;
  }
}

import type { KeysealRefusal } from '../calls/refusal.ts';
import {
  isFinal,
  isFresh,
  type KeysealSession,
  type Refresh,
  refreshWithRetry,
  type SessionClock,
  type SessionManager,
} from './session.ts';

/** Manages the session of one client: however many calls wait for a new token, it is refreshed once. */
export class DefaultSessionManager implements SessionManager {
  #session: KeysealSession;
  #refreshing: Promise<KeysealSession> | null = null;
  #ended = false;
  /** Why it ended, if a refusal said so. */
  #endReason: KeysealRefusal | null = null;
  readonly #clock: SessionClock;
  readonly #refresh: Refresh;
  readonly #changed: (session: KeysealSession | null) => void;

  /** @param changed called with every new state, null once the session is over */
  constructor(
    session: KeysealSession,
    clock: SessionClock,
    refresh: Refresh,
    changed: (session: KeysealSession | null) => void,
  ) {
    this.#session = session;
    this.#clock = clock;
    this.#refresh = refresh;
    this.#changed = changed;
  }

  get session(): KeysealSession {
    return this.#session;
  }

  async fresh(): Promise<KeysealSession> {
    if (this.#endReason) throw this.#endReason;
    return isFresh(this.#session, this.#clock) ? this.#session : this.renew(this.#session.accessToken);
  }

  async renew(refused: string | undefined): Promise<KeysealSession> {
    // Another call has renewed it since.
    if (refused !== this.#session.accessToken) return this.#session;
    this.#refreshing ??= this.#renewOnce().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  end(reason: KeysealRefusal | null): void {
    this.#endReason ??= reason;
    if (this.#ended) return;
    this.#ended = true;
    this.#changed(null);
  }

  async #renewOnce(): Promise<KeysealSession> {
    try {
      this.#session = await refreshWithRetry(this.#session, this.#refresh);
      // A caller that was notified of the end would store the session again.
      if (!this.#ended) this.#changed(this.#session);
      return this.#session;
    } catch (error) {
      if (isFinal(error)) this.end(error);
      throw error;
    }
  }
}

import { KeysealRefusal } from './refusal.ts';

/** A session as `auth.signIn` gives it. Keep it where only its person's code can read it. */
export interface KeysealSession {
  readonly id: string;
  /** Given once, at sign-in; or imported, so that it signs and cannot be read. */
  readonly signingSecret: string | CryptoKey;
  readonly accessToken: string;
  /** ISO 8601, UTC. */
  readonly accessTokenExpiresAt: string;
  /** Null where it is in a cookie. */
  readonly refreshToken: string | null;
}

export type Refreshed = Omit<KeysealSession, 'signingSecret'>;

/** Makes the call; it rejects with a KeysealRefusal, or with whatever the network had. */
export type Refresh = (session: KeysealSession) => Promise<Refreshed>;

/** The server's time in unix seconds, as far as it is known. */
export interface SessionClock {
  now(): number;
}

/** Keeps a session good for one client. */
export interface SessionManager {
  /** The session as it is, its token good or not; null where nobody is signed in, as far as is known yet. */
  readonly session: KeysealSession | null;
  /** A session whose token is good, refreshed if need be. Rejects with what ended the session. */
  fresh(): Promise<KeysealSession | null>;
  /** Refreshes a session whose token was refused, or joins the refresh that is under way. */
  renew(refused: string | undefined): Promise<KeysealSession | null>;
  /** Notes that a session is over: this one, or the one that there is. */
  end(why: KeysealRefusal | null, id?: string): void;
}

/** A session that others keep, and share. `createBrowserSession` makes one. */
export interface SharedSession {
  keeperFor(clock: SessionClock, refresh: Refresh): SessionManager;
}

/** A token is not used in its last seconds, so that it is good when it arrives. */
const MARGIN_S = 30;
/** Refusals of a refresh after which there is nothing to refresh any more. */
const FINAL = ['SESSION_ENDED', 'TOKEN_INVALID', 'TOKEN_MISSING'];

export function isFresh({ accessTokenExpiresAt }: KeysealSession, clock: SessionClock): boolean {
  return Date.parse(accessTokenExpiresAt) / 1000 - clock.now() > MARGIN_S;
}

/** Whether a refresh failed because there is nothing to refresh any more. */
export function isFinal(error: unknown): error is KeysealRefusal {
  return error instanceof KeysealRefusal && FINAL.includes(error.reason);
}

/**
 * Refreshes a session. An answer that was lost is asked for again: within 30 seconds the spent token gets its
 * successor.
 */
export async function refreshed(session: KeysealSession, refresh: Refresh): Promise<KeysealSession> {
  const next = await refresh(session).catch((error: unknown) => {
    if (error instanceof KeysealRefusal) throw error;
    return refresh(session);
  });
  return { ...next, signingSecret: session.signingSecret };
}

/** Keeps a session of one client alone: however many calls wait for a new token, it is refreshed once. */
export class DefaultSessionManager implements SessionManager {
  #session: KeysealSession;
  #refreshing: Promise<KeysealSession> | null = null;
  #ended = false;
  /** Why it ended, where a refusal said so. */
  #why: KeysealRefusal | null = null;
  readonly #clock: SessionClock;
  readonly #refresh: Refresh;
  readonly #changed: (session: KeysealSession | null) => void;

  /** @param changed told of every new state, null where the session is over */
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
    if (this.#why) throw this.#why;
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

  end(why: KeysealRefusal | null): void {
    this.#why ??= why;
    if (this.#ended) return;
    this.#ended = true;
    this.#changed(null);
  }

  async #renewOnce(): Promise<KeysealSession> {
    try {
      this.#session = await refreshed(this.#session, this.#refresh);
      // Whoever was told that it is over would keep it again.
      if (!this.#ended) this.#changed(this.#session);
      return this.#session;
    } catch (error) {
      if (isFinal(error)) this.end(error);
      throw error;
    }
  }
}

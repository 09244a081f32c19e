import type { ServerClock } from './clock.ts';
import { KeysealRefusal } from './refusal.ts';

/** A session as `auth.signIn` gives it. Keep it where only its person's code can read it. */
export interface KeysealSession {
  readonly id: string;
  /** Given once, at sign-in. */
  readonly signingSecret: string;
  readonly accessToken: string;
  /** ISO 8601, UTC. */
  readonly accessTokenExpiresAt: string;
  /** Null where it is in a cookie. */
  readonly refreshToken: string | null;
}

export type Refreshed = Omit<KeysealSession, 'signingSecret'>;

/** A token is not used in its last seconds, so that it is good when it arrives. */
const MARGIN_S = 30;
/** Refusals of a refresh after which there is nothing to refresh any more. */
const FINAL = ['SESSION_ENDED', 'TOKEN_INVALID', 'TOKEN_MISSING'];

/** Keeps a session good: however many calls wait for a new token, it is refreshed once. */
export class SessionKeeper {
  #session: KeysealSession;
  #refreshing: Promise<KeysealSession> | null = null;
  #ended = false;
  /** Why it ended, where a refusal said so. */
  #why: KeysealRefusal | null = null;
  readonly #clock: ServerClock;
  readonly #refresh: (session: KeysealSession) => Promise<Refreshed>;
  readonly #changed: (session: KeysealSession | null) => void;

  /**
   * @param refresh makes the call; it rejects with a KeysealRefusal, or with whatever the network had
   * @param changed told of every new state, null where the session is over
   */
  constructor(
    session: KeysealSession,
    clock: ServerClock,
    refresh: (session: KeysealSession) => Promise<Refreshed>,
    changed: (session: KeysealSession | null) => void,
  ) {
    this.#session = session;
    this.#clock = clock;
    this.#refresh = refresh;
    this.#changed = changed;
  }

  /** The session as it is, its token good or not. */
  get session(): KeysealSession {
    return this.#session;
  }

  /** A session whose token is good, refreshed if need be. Rejects with what ended the session. */
  async fresh(): Promise<KeysealSession> {
    if (this.#why) throw this.#why;
    const left = Date.parse(this.#session.accessTokenExpiresAt) / 1000 - this.#clock.now();
    return left > MARGIN_S ? this.#session : this.renew();
  }

  /** Refreshes, or joins the refresh that is under way. */
  renew(): Promise<KeysealSession> {
    this.#refreshing ??= this.#renewOnce().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Notes that the session is over. */
  end(why: KeysealRefusal | null): void {
    this.#why ??= why;
    if (this.#ended) return;
    this.#ended = true;
    this.#changed(null);
  }

  async #renewOnce(): Promise<KeysealSession> {
    try {
      const refreshed = await this.#askTwice();
      this.#session = { ...refreshed, signingSecret: this.#session.signingSecret };
      // Whoever was told that it is over would keep it again.
      if (!this.#ended) this.#changed(this.#session);
      return this.#session;
    } catch (error) {
      if (error instanceof KeysealRefusal && FINAL.includes(error.reason)) this.end(error);
      throw error;
    }
  }

  /** An answer that was lost is asked for again: within 30 seconds the spent token gets its successor. */
  #askTwice(): Promise<Refreshed> {
    return this.#refresh(this.#session).catch((error: unknown) => {
      if (error instanceof KeysealRefusal) throw error;
      return this.#refresh(this.#session);
    });
  }
}

import { KeysealRefusal } from '../calls/refusal.ts';
import type { ResponseKeySet } from '../responses/response-key.ts';
import type { SessionCredentials, SessionKeyCredentials } from '../signing/credentials.ts';

/** A session as `auth.signIn` returns it. Store it so that only code of its user can read it. */
export interface KeysealSession {
  readonly id: string;
  /** Returned once, at sign-in; or an imported key, which signs and cannot be read. */
  readonly signingSecret: string | CryptoKey;
  readonly accessToken: string;
  /** ISO 8601, UTC. */
  readonly accessTokenExpiresAt: string;
  /** Null if the refresh token is in a cookie. */
  readonly refreshToken: string | null;
}

/** A session that has a public key in place of its signing secret. */
export interface KeySession extends Omit<KeysealSession, 'signingSecret'> {
  /** Makes RFC 9421 signatures, and cannot be read. */
  readonly privateKey: CryptoKey;
  /** The keys of the service that came with the session: they prove its clock. */
  readonly responseKeys: ResponseKeySet;
}

/** A session, whatever signs for it. */
export type AnySession = KeysealSession | KeySession;

/** What signs for a session, without its token. */
export function credentialsOfSession(session: AnySession): SessionCredentials | SessionKeyCredentials {
  const { id: sessionId } = session;
  if (!('privateKey' in session)) return { sessionId, signingSecret: session.signingSecret };
  const { privateKey, responseKeys } = session;
  return { sessionId, privateKey, responseKeys };
}

export type Refreshed = Omit<KeysealSession, 'signingSecret'>;

/** Makes the call. Rejects with a KeysealRefusal, or with the network's error. */
export type Refresh = (session: AnySession) => Promise<Refreshed>;

/** The server's time in unix seconds, as far as the client knows it. */
export interface SessionClock {
  now(): number;
}

/** Refreshes a session for one client. */
export interface SessionManager {
  /** The session, even with an expired token; null if no one is signed in, as far as the client knows. */
  readonly session: AnySession | null;
  /** A session with a valid token, refreshed if necessary. Rejects with the refusal that ended the session. */
  fresh(): Promise<AnySession | null>;
  /** Refreshes a session whose token was refused, or joins the refresh under way. */
  renew(refused: string | undefined): Promise<AnySession | null>;
  /** Notes that a session is over: this one, or the current one. */
  end(reason: KeysealRefusal | null, id?: string): void;
}

/** A session that several clients share. `createBrowserSession` makes one. */
export interface SharedSession {
  managerFor(clock: SessionClock, refresh: Refresh): SessionManager;
}

/** A token is not used in its last seconds, so that it is still valid on arrival. */
const MARGIN_S = 30;
/** Refusals of a refresh after which there is no session to refresh. */
const FINAL = ['SESSION_ENDED', 'TOKEN_INVALID', 'TOKEN_MISSING'];

export function isFresh({ accessTokenExpiresAt }: AnySession, clock: SessionClock): boolean {
  return Date.parse(accessTokenExpiresAt) / 1000 - clock.now() > MARGIN_S;
}

/** Whether a refresh failed because there is no session any more. */
export function isFinal(error: unknown): error is KeysealRefusal {
  return error instanceof KeysealRefusal && FINAL.includes(error.reason);
}

/**
 * Refreshes a session. If the response is lost, it tries again: within 30 seconds a used token returns its successor.
 */
export async function refreshWithRetry<S extends AnySession>(session: S, refresh: Refresh): Promise<S> {
  const next = await refresh(session).catch((error: unknown) => {
    if (error instanceof KeysealRefusal) throw error;
    return refresh(session);
  });
  return { ...session, ...next };
}

import type { ProcedureGuard } from '../shared/guard.ts';
import type { Environment } from '../shared/key-format.ts';
import type { LimitState } from '../shared/limits.ts';
import type { Role } from '../shared/roles.ts';

// The caller and the context of the server, as far as a custom procedure may count on them. They are written out, so that
// the types of this package need none of the server's, nor of the libraries behind them.

/** The calling key. */
interface CallingKey {
  readonly id: string;
  readonly workspaceId: string;
  readonly environment: Environment;
  readonly name: string;
  /** Its granted permissions, as far as the role of its owner has them. */
  readonly permissions: ReadonlySet<string>;
  /** Null for a service key. */
  readonly ownerId: string | null;
  /** The workspace's name for the external owner. */
  readonly externalId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Milliseconds. */
  readonly expiresAt: number | null;
}

/** A user's session. */
interface CallingSession {
  readonly id: string;
  readonly userId: string;
  readonly workspaceId: string;
  /** Milliseconds. */
  readonly expiresAt: number;
}

/** The account on whose behalf a key calls, by a user token of Keyseal's own. */
interface OnBehalf {
  readonly id: string;
  /** The same as `id`. */
  readonly userId: string;
  readonly session: CallingSession;
  /** Their role in the key's workspace. */
  readonly role: Role;
}

/** The account that is linked to the subject of a trusted issuer's token, on whose behalf a key calls. */
interface LinkedUser extends Omit<ExternalUser, 'id'> {
  readonly id: string;
  /** The same as `id`. */
  readonly userId: string;
  readonly session: null;
}

/** A user without an account, on whose behalf a key calls: a token of a trusted issuer proves who they are. */
interface ExternalUser {
  readonly id: null;
  /** The claim `iss` of the token. */
  readonly issuer: string;
  /** The claim `sub`, unique within the issuer. */
  readonly subject: string;
  /** All claims of the token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /**
   * What the issuer's `join` rules give in the key's workspace. If it has none: the role of the account; null if it is not a
   * member, or there is no account.
   */
  readonly role: Role | null;
}

/** A key, by itself or on behalf of a user. */
interface KeyCaller {
  readonly kind: 'key';
  readonly key: CallingKey;
  readonly workspaceId: string;
  readonly user: OnBehalf | LinkedUser | ExternalUser | null;
}

/** A user whose own session signed. */
interface UserCaller {
  readonly kind: 'user';
  readonly session: CallingSession;
  /** The workspace in which the session acts. */
  readonly workspaceId: string;
  readonly userId: string;
  /** Null if they are no longer a member: they can still manage their account and switch to another workspace. */
  readonly role: Role | null;
}

/** A session that signed without a user token. It can only refresh. */
interface SessionCaller {
  readonly kind: 'session';
  readonly session: CallingSession;
  readonly workspaceId: string;
}

/** An authenticated caller. */
type Caller = KeyCaller | UserCaller | SessionCaller;

/** The callers that a guard admits. */
type CallerOf<G extends ProcedureGuard<string>> = G['access'] extends 'user'
  ? G extends { readonly permission: string }
    ? UserCaller & { readonly role: Role }
    : UserCaller
  : G['access'] extends 'key'
    ? KeyCaller
    : G['access'] extends 'key-for-user'
      ? KeyCaller & { readonly user: OnBehalf | LinkedUser | ExternalUser }
      : KeyCaller | (UserCaller & { readonly role: Role });

/** Writes a line to the log of the service: what happened, with custom properties. */
type LogLine = (members: object | string, message?: string) => void;

/** The context of every procedure. */
interface Context {
  readonly caller: Caller | null;
  readonly request: {
    /** Identifies the call in the log, and in the header `x-request-id`. */
    readonly id: string;
    /** The caller's IP address; null if a trusted proxy does not know it. */
    readonly address: string | null;
    readonly origin: string | null;
    readonly cookie: string | null;
    readonly userAgent: string | null;
  };
  /** `set-cookie` lines of the response. */
  readonly cookies: string[];
  /** The state of the rate limits after each call of the request. */
  readonly limits: readonly LimitState[];
  readonly service: {
    readonly log: Readonly<Record<'debug' | 'info' | 'warn' | 'error', LogLine>>;
    /** The public origins of the service. */
    readonly origins: readonly string[];
  };
}

export type { Caller, CallerOf, Context };

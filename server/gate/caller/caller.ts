import type { Role } from '../../../shared/roles.ts';
import type { KeyRecord, SessionRecord } from '../../stores/credentials/credential-rows.ts';
import type { ExternalUser, LinkedUser } from './external-user.ts';

/** The account on whose behalf a key calls, authenticated by the key and a user token that Keyseal issued. */
export interface OnBehalf {
  readonly id: string;
  /** The same as `id`. */
  readonly userId: string;
  readonly session: SessionRecord;
  /** Their role in the key's workspace. */
  readonly role: Role;
}

/** The secrets that authenticated a caller. */
export interface UsedPair {
  /** The stored MAC of the bearer secret. */
  readonly secretHash: string;
  /** Whether these are the secrets from before a rotation. */
  readonly previous: boolean;
}

/** A key, by itself or on behalf of a user. */
export interface KeyCaller {
  readonly kind: 'key';
  readonly key: KeyRecord;
  /** Whether the key's current or previous secrets were used. */
  readonly pair: UsedPair;
  readonly workspaceId: string;
  /** Identified by a token from Keyseal, or by one from a trusted issuer, with or without an account. */
  readonly user: OnBehalf | LinkedUser | ExternalUser | null;
}

/** A user whose own session signed the request. */
export interface SessionUserCaller {
  readonly kind: 'user';
  readonly session: SessionRecord;
  /** The workspace in which the session acts. */
  readonly workspaceId: string;
  readonly userId: string;
  /** Null if they are no longer a member: they can still manage their account and switch to another workspace. */
  readonly role: Role | null;
}

/** A user who is a member of the workspace in which their session acts. */
export interface UserCaller extends SessionUserCaller {
  readonly role: Role;
}

/** A session that signed without a user token. It can only refresh. */
export interface SessionCaller {
  readonly kind: 'session';
  readonly session: SessionRecord;
  readonly workspaceId: string;
}

/** An authenticated caller. */
export type Caller = KeyCaller | SessionUserCaller | SessionCaller;

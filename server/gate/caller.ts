import type { Role } from '../../shared/roles.ts';
import type { KeyRecord, SessionRecord } from '../stores/credentials/credential-rows.ts';

/** A person whom a key calls for: vouched for by the key and a user token. */
export interface OnBehalf {
  readonly userId: string;
  readonly session: SessionRecord;
  /** Their role in the key's workspace. */
  readonly role: Role;
}

/** A pair of secrets that a caller has shown to hold. */
export interface KeySecretVersion {
  /** What is kept of its bearer secret. */
  readonly secretHash: string;
  /** Whether it is the one from before a rotation. */
  readonly previous: boolean;
}

/** A key, by itself or on behalf of a user. */
export interface KeyCaller {
  readonly kind: 'key';
  readonly key: KeyRecord;
  /** Which of the key's pairs of secrets was used. */
  readonly pair: KeySecretVersion;
  readonly workspaceId: string;
  readonly user: OnBehalf | null;
}

/** A person whose own session signed. */
export interface SessionUserCaller {
  readonly kind: 'user';
  readonly session: SessionRecord;
  /** The workspace in which the session acts. */
  readonly workspaceId: string;
  readonly userId: string;
  /** Null where they do not belong to it any more: they keep what is their own, and choose another. */
  readonly role: Role | null;
}

/** A person who belongs to the workspace in which their session acts. */
export interface UserCaller extends SessionUserCaller {
  readonly role: Role;
}

/** A session that signed without a user token: all that it may do is refresh. */
export interface SessionCaller {
  readonly kind: 'session';
  readonly session: SessionRecord;
  readonly workspaceId: string;
}

/** Who was proven to call. */
export type Caller = KeyCaller | SessionUserCaller | SessionCaller;

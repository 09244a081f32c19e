/** An API key with both of its secrets. */
export interface Key {
  readonly id: string;
  readonly apiKey: string;
  readonly signingSecret: string;
}

/** Somebody who can sign in. */
export interface Account {
  readonly email: string;
  readonly password: string;
}

/** Who is there before a flood begins: callers of three workspaces. Plain data, so that it can cross processes. */
export interface World {
  readonly honest: {
    /** Of one workspace, with a rate limit that no call reaches. */
    readonly first: Key;
    /** Of another workspace. */
    readonly second: Key;
    /** Each is called once, so the service has to look each of them up. */
    readonly cold: readonly Key[];
    readonly person: Account;
  };
  /** A tenant of the same service. */
  readonly attacker: {
    readonly key: Key;
    /** Keys with a limit of a few calls an hour. */
    readonly limited: readonly Key[];
    /** Owns a workspace with a long audit log. */
    readonly person: Account;
  };
}

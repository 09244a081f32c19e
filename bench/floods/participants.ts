/** An API key with both of its secrets. */
export interface Key {
  readonly id: string;
  readonly apiKey: string;
  readonly signingSecret: string;
}

/** The credentials of a user. */
export interface Account {
  readonly email: string;
  readonly password: string;
}

/** The callers of three workspaces before a flood begins. Plain data, so that it can cross processes. */
export interface Participants {
  readonly honest: {
    /** Of one workspace, with a rate limit that no call reaches. */
    readonly first: Key;
    /** Of another workspace. */
    readonly second: Key;
    /** Each is used once, so the service must look each of them up. */
    readonly cold: readonly Key[];
    readonly person: Account;
  };
  /** A tenant of the same service. */
  readonly attacker: {
    readonly key: Key;
    /** Keys with a limit of a few calls an hour. */
    readonly limited: readonly Key[];
    /** Owner of a workspace with a long audit log. */
    readonly person: Account;
  };
  /** A valid token of a workload that fits no rule. */
  readonly token: string;
}

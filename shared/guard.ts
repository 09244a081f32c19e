import type { Environment } from './key-format.ts';
import type { Permission } from './permissions.ts';
import type { Reason } from './refusals.ts';

/**
 * The callers of a procedure. Every procedure declares one; there is no default.
 *
 * | access | accepts |
 * | --- | --- |
 * | `public` | anyone, unsigned, never in a batch |
 * | `session` | a session that signs without a token |
 * | `user` | a user whose own session signs; if no permission is required, even one who has left the workspace |
 * | `key` | a key, with or without a user on whose behalf it calls |
 * | `key-for-user` | a key on behalf of a user |
 * | `key-or-user` | a key that calls for no user, or a user whose own session signs |
 * | `any` | every authenticated caller |
 */
export type ProcedureGuard<P extends string = Permission> = GuardTexts &
  RequestRules &
  (
    | { readonly access: 'public' | 'session' }
    | ({ readonly access: 'user'; readonly permission?: P } & ProofRequirement)
    | ({ readonly access: 'any'; readonly permission?: P } & KeyRequirements & ProofRequirement)
    | ({ readonly access: 'key-or-user'; readonly permission: P } & KeyRequirements & ProofRequirement)
    | ({ readonly access: 'key' | 'key-for-user'; readonly permission: P } & KeyRequirements)
  );

/** Documentation of a procedure that does not follow from its guard. No decision depends on it. */
export interface GuardTexts {
  /** What the procedure does, in English, as CommonMark; lists show only the first sentence. */
  readonly description?: string;
  /** The reasons with which the procedure itself refuses, after its caller is admitted and its input is valid. */
  readonly refusals?: readonly Reason[];
  /** An example of a call; its secrets are made up. */
  readonly example?: { readonly input?: unknown; readonly output?: unknown };
  /** Input and output in one line each, as the docs show them; without `input` if the procedure has none. */
  readonly shapes?: { readonly input?: string; readonly output: string };
}

/** The requirements of a procedure on the requests that call it. */
interface RequestRules {
  /** `false` if no other call may share its request, because it does the work of several. */
  readonly batch?: false;
  /**
   * The maximum size of the input as JSON, in bytes; anything larger is refused with INPUT_INVALID, unparsed. All inputs of a
   * batch together may be as large as the lowest limit of its procedures.
   */
  readonly maxInput?: number;
}

/** A further requirement on users who call a procedure with their session. */
interface ProofRequirement {
  /**
   * `true` if the user must have proven who they are within the last ten minutes, by a sign-in or by `auth.stepUp`. Calls by
   * keys need no proof.
   */
  readonly stepUp?: true;
}

/** Further requirements on the keys that call a procedure. */
interface KeyRequirements {
  /** The environment that the key must have; any if absent. */
  readonly environment?: Environment;
  /** The credits that a call costs a metered key; 1 by default. */
  readonly cost?: number;
}

export type Access = ProcedureGuard['access'];

/**
 * Rejects, at compile time, properties that no guard has and a cost that is negative or a fraction: a
 * type parameter accepts more properties than its bound has. The service checks the rest at startup.
 */
export type SoundGuard<G> = {
  readonly [K in keyof G]: K extends
    | keyof GuardTexts
    | keyof RequestRules
    | keyof KeyRequirements
    | keyof ProofRequirement
    | 'access'
    | 'permission'
    ? K extends 'cost'
      ? WholeNumber<G[K]>
      : G[K]
    : never;
};

type WholeNumber<N> = N extends number
  ? `${N}` extends `-${string}` | `${string}.${string}` | `${string}e-${string}`
    ? never
    : N
  : N;

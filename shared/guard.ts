import type { Environment } from './key-format.ts';
import type { Permission } from './permissions.ts';
import type { Reason } from './refusals.ts';

/**
 * Who may call a procedure. Every procedure declares one; there is no default.
 *
 * | access | admits |
 * | --- | --- |
 * | `public` | anyone, unsigned, never in a batch |
 * | `session` | the session alone, signed, without a token |
 * | `user` | a person whose own session signs; without a permission, one who left the workspace too |
 * | `key` | a key, with or without a user that it calls for |
 * | `key-for-user` | a key that calls for a user |
 * | `key-or-user` | a key by itself, or a person whose own session signs |
 * | `any` | every proven caller |
 */
export type ProcedureGuard<P extends string = Permission> = GuardTexts &
  Alone &
  (
    | { readonly access: 'public' | 'session' }
    | { readonly access: 'user'; readonly permission?: P }
    | ({ readonly access: 'any'; readonly permission?: P } & Metered)
    | ({ readonly access: 'key' | 'key-for-user' | 'key-or-user'; readonly permission: P } & Metered)
  );

/** What the description of the API tells of a procedure beside what follows from its guard; nothing is decided by it. */
export interface GuardTexts {
  /** What it does, in English, as CommonMark; the first sentence stands alone in lists. */
  readonly description?: string;
  /** What it refuses with by itself, once its caller is admitted and its input is right. */
  readonly refusals?: readonly Reason[];
  /** A call of it; secrets in an example are made up. */
  readonly example?: { readonly input?: unknown; readonly output?: unknown };
  /** Input and answer in one line each, as the pages of docs show them; no `input` where it takes nothing. */
  readonly shapes?: { readonly input?: string; readonly answer: string };
}

/** How a procedure may be called. */
interface Alone {
  /** `false` if no other call may share its request: its work is more than one call's. */
  readonly batch?: false;
}

/** What a procedure that keys may call asks of them besides. */
interface Metered {
  /** The environment that a key must be of; either one where there is none. */
  readonly environment?: Environment;
  /** The credits that a call takes from a metered key; 1 unless it is said here. */
  readonly cost?: number;
}

export type Access = ProcedureGuard['access'];

/**
 * A guard as it was written, without members that no guard has and without a cost that is below zero or a fraction: a
 * type parameter takes more members than its bound has. What types cannot see is checked when the service starts.
 */
export type SoundGuard<G> = {
  readonly [K in keyof G]: K extends keyof GuardTexts | keyof Alone | keyof Metered | 'access' | 'permission'
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

import type { Permission } from './permissions.ts';

/**
 * Who may call a procedure. Every procedure declares one; there is no default.
 *
 * | access | admits |
 * | --- | --- |
 * | `public` | anyone, unsigned, never in a batch |
 * | `session` | the session alone, signed, without a token |
 * | `user` | a person whose own session signs |
 * | `key` | a key, with or without a user that it calls for |
 * | `key-for-user` | a key that calls for a user |
 * | `key-or-user` | a key by itself, or a person whose own session signs |
 * | `any` | every proven caller |
 */
export type Guard<P extends string = Permission> =
  | { readonly access: 'public' | 'session' | 'user' | 'any' }
  | { readonly access: 'key' | 'key-for-user' | 'key-or-user'; readonly permission: P };

export type Access = Guard['access'];

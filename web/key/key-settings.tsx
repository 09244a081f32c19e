import type { Key } from '../keys/key.ts';

/** What can be changed of a key: name, permissions, expiry, limits, credits, addresses. */
export function KeySettings(_: { readonly of: Key }) {
  return null;
}

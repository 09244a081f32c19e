import type { Key } from './key.ts';

/** What can be done with a key: rotate, disable or enable, revoke. */
export function KeyActions(_: { readonly of: Key }) {
  return null;
}

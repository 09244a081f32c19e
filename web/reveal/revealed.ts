import type { Key } from '../keys/key.ts';

/** A key with the two texts that are shown once. */
export interface Revealed {
  readonly key: Key;
  readonly secret: string;
  readonly signingSecret: string;
}

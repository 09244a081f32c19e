import type { ConsoleKey } from '../key-model/key.ts';

/** A key with the texts that are shown once. */
export interface Revealed {
  readonly key: ConsoleKey;
  readonly secret: string;
  /** Null if the key has a public key. */
  readonly signingSecret: string | null;
}

/** The response of `keys.create` or `keys.rotate`; null for a repeated call, which shows nothing again. */
export function revealedOf(made: {
  readonly key: ConsoleKey;
  readonly secret: string | null;
  readonly signingSecret: string | null;
}): Revealed | null {
  const { key, secret, signingSecret } = made;
  return secret !== null ? { key, secret, signingSecret } : null;
}

import type { ConsoleKey } from '../key-model/key.ts';

/** A key with the two texts that are shown once. */
export interface Revealed {
  readonly key: ConsoleKey;
  readonly secret: string;
  readonly signingSecret: string;
}

/** What `keys.create` or `keys.rotate` answered; null where it was done before, and nothing is shown again. */
export function revealedOf(made: {
  readonly key: ConsoleKey;
  readonly secret: string | null;
  readonly signingSecret: string | null;
}): Revealed | null {
  const { key, secret, signingSecret } = made;
  return secret !== null && signingSecret !== null ? { key, secret, signingSecret } : null;
}

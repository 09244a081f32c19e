import type { ConsoleKey } from '../key-model/key.ts';

/** A key with the secrets that are shown once. */
export interface Revealed {
  readonly key: ConsoleKey;
  readonly secret: string;
  /** Null if the key has a public key. */
  readonly signingSecret: string | null;
  /** In PEM, if this page made the key pair: nobody else has it. */
  readonly privateKey: string | null;
}

/** What signs the calls of a key, which decides between messages. */
export const signerOf = ({
  signingSecret,
  privateKey,
}: Pick<Revealed, 'signingSecret' | 'privateKey'>): 'secret' | 'madePair' | 'ownPair' => {
  if (signingSecret !== null) return 'secret';
  return privateKey === null ? 'ownPair' : 'madePair';
};

/** Which first call a key waits for: its very first, or the first one with new secrets. */
export const awaitedCallOf = ({ key }: Pick<Revealed, 'key'>): 'firstCall' | 'firstNewCall' =>
  key.rotatedAt === null ? 'firstCall' : 'firstNewCall';

/** The response of `keys.create` or `keys.rotate`; null for a repeated call, which shows nothing again. */
export function revealedOf(made: {
  readonly key: ConsoleKey;
  readonly secret: string | null;
  readonly signingSecret: string | null;
  readonly privateKey?: string;
}): Revealed | null {
  const { key, secret, signingSecret, privateKey = null } = made;
  return secret !== null ? { key, secret, signingSecret, privateKey } : null;
}

import type { ConsoleKey } from '../key-model/key.ts';

const PLACE = 'keyseal-made-pairs';
/** Thumbprints that are kept; the oldest go. */
const MAX_KEPT = 200;

/** Remembers that this browser made the pair of a key, by the thumbprint of its public key: it is no secret. */
export function rememberMadePair({ signature: { thumbprint } }: Pick<ConsoleKey, 'signature'>): void {
  if (thumbprint === null) return;
  try {
    localStorage.setItem(PLACE, [...thumbprints(), thumbprint].slice(-MAX_KEPT).join(' '));
  } catch {
    // A browser that keeps nothing forgets a preselection.
  }
}

/** Whether this browser made the current pair of a key. */
export const isMadePair = ({ signature: { thumbprint } }: Pick<ConsoleKey, 'signature'>): boolean =>
  thumbprint !== null && thumbprints().includes(thumbprint);

function thumbprints(): string[] {
  try {
    return localStorage.getItem(PLACE)?.split(' ') ?? [];
  } catch {
    return [];
  }
}

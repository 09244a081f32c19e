import { parseDictionary } from '../structured-fields/parse.ts';
import { isInnerList } from '../structured-fields/values.ts';

/** The digests of a `content-digest` field (RFC 9530 §2) that are strong; null for one that it does not have. */
export interface ContentDigests {
  readonly sha256: Uint8Array | null;
  readonly sha512: Uint8Array | null;
}

const LENGTHS = { 'sha-256': 32, 'sha-512': 64 } as const;

/**
 * Reads `content-digest`. Algorithms that RFC 9530 §7.2 deprecates, and unknown ones, are ignored.
 * @param lines of the field
 * @returns null if the field is not a dictionary, repeats an algorithm, or has a digest of another length
 */
export function readContentDigest(lines: readonly string[]): ContentDigests | null {
  const field = parseDictionary(lines.join(', '));
  if (!field || field.hasRepeats) return null;
  const digestOf = (name: keyof typeof LENGTHS): Uint8Array | null | undefined => {
    const member = field.value.get(name);
    if (member === undefined) return null;
    const isBytes = !isInnerList(member) && member.value.type === 'bytes';
    return isBytes && member.value.value.length === LENGTHS[name] ? member.value.value : undefined;
  };
  const [sha256, sha512] = [digestOf('sha-256'), digestOf('sha-512')];
  return sha256 === undefined || sha512 === undefined ? null : { sha256, sha512 };
}

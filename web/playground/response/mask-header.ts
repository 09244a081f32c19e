import { readKeyPrefix } from '../../../shared/key-format.ts';

/** A credential as it may appear on a screen: the public part of a key, nothing of a token. */
export const shortenCredential = (credential: string): string =>
  `${readKeyPrefix(credential)?.prefix ?? ''}…`;

/** A header's value as it may appear on a screen. */
export function maskHeader(name: string, value: string): string {
  if (name === 'x-user-token') return shortenCredential(value);
  if (name !== 'authorization') return value;
  const [scheme = '', credential = ''] = value.split(' ');
  return `${scheme} ${shortenCredential(credential)}`;
}

/** A signature base as it may appear on a screen: an RFC 9421 base may contain a token. */
export const maskBase = (base: string): string =>
  base.replace(
    /^"(authorization|x-user-token)": (.*)$/gm,
    (_, name: string, value: string) => `"${name}": ${maskHeader(name, value)}`,
  );

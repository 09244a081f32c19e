import { readKeyPrefix } from '../../../shared/key-format.ts';

/** A credential in a form that may appear on a screen: the public part of a key, nothing of a token. */
export const shortened = (credential: string): string => `${readKeyPrefix(credential)?.prefix ?? ''}…`;

/** A header's value as it may appear on a screen. */
export function masked(name: string, value: string): string {
  if (name === 'x-user-token') return shortened(value);
  if (name !== 'authorization') return value;
  const [scheme = '', credential = ''] = value.split(' ');
  return `${scheme} ${shortened(credential)}`;
}

/** A signature base as it may appear on a screen: in the form of RFC 9421 it may cover a token. */
export const maskedBase = (base: string): string =>
  base.replace(
    /^"(authorization|x-user-token)": (.*)$/gm,
    (_, name: string, value: string) => `"${name}": ${masked(name, value)}`,
  );

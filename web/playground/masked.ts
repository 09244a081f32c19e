import { readKeyHead } from '../../shared/key-format.ts';

/** A credential as it may stand on a screen: of a key what is public, of a token nothing. */
export const shortened = (credential: string): string => `${readKeyHead(credential)?.head ?? ''}…`;

/** A header's value as it may appear on a screen. */
export function masked(name: string, value: string): string {
  if (name === 'x-user-token') return shortened(value);
  if (name !== 'authorization') return value;
  const [scheme = '', credential = ''] = value.split(' ');
  return `${scheme} ${shortened(credential)}`;
}

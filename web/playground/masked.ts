const API_KEY = /^([a-z][a-z0-9]*_(?:live|test)_[0-9A-Za-z]{12}_)/;

/** A credential as it may stand on a screen: of a key what is public, of a token nothing. */
export const shortened = (credential: string): string => `${API_KEY.exec(credential)?.[1] ?? ''}…`;

/** A header's value as it may stand on a screen. */
export function masked(name: string, value: string): string {
  if (name === 'x-user-token') return shortened(value);
  if (name !== 'authorization') return value;
  const [scheme = '', credential = ''] = value.split(' ');
  return `${scheme} ${shortened(credential)}`;
}

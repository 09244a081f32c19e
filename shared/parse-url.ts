/** The longest name of a host in DNS has 253 characters (RFC 1035 §2.3.4). */
const MAX_HOST = 255;
/** A scheme, and all that can belong to the authority: the URL standard also accepts any number of slashes, and backslashes. */
const AUTHORITY = /^[\0- ]*[a-z][a-z0-9+.-]*:[\\/\s]*([^/?#\\]*)/i;

/**
 * Parses an absolute URL.
 * @returns null if the string is not one, or if its host has more than 255 characters: parsing a host takes time that grows
 *   with the square of its length, a second for 100 KB (Punycode, RFC 3492 §6.3)
 *
 * `URL.canParse` of Node 20 and 22 would not do: once the engine has compiled a caller that runs often, it reads Latin-1 as
 * UTF-8, and finds no URL in `https://bücher.example`.
 */
export function parseUrl(text: string): URL | null {
  const authority = AUTHORITY.exec(text)?.[1];
  if (authority === undefined || authority.length - authority.lastIndexOf('@') - 1 > MAX_HOST) return null;
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

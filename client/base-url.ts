import { parseUrl } from '../shared/parse-url.ts';

/**
 * Parses the URL under which a service has its `/api`: its origin, or a path below it at which a proxy serves it. Every request
 * is sent, and signed, with that path.
 * @returns the URL without a trailing slash
 * @throws TypeError if `url` is not such a URL: the message says what is wrong
 */
export function parseBase(url: string): string {
  const parsed = parseUrl(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw new TypeError('url is not a URL such as https://api.example.com');
  }
  const { origin, pathname, username, password } = parsed;
  if (username || password) throw new TypeError('url has a user or a password: give credentials as options');
  if (/[?#]/.test(url)) throw new TypeError('url has a query or a fragment: leave it out');
  const path = pathname.replace(/\/+$/, '');
  if (path.includes('//')) throw new TypeError('url has an empty segment in its path');
  return origin + path;
}

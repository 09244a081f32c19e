import { CONSOLE_PATHS } from '../../shared/console-paths.ts';
import { parseUrl } from '../../shared/parse-url.ts';

/** An origin as the URL standard writes it, and the path below it; empty without one. */
export interface ParsedOrigin {
  readonly origin: string;
  readonly path: string;
}

/**
 * Reads an origin that an operator wrote: host names in any case and script, default ports and any spelling of an IP address
 * become what browsers and clients send.
 * @returns otherwise what is wrong with it, to follow "which"; it repeats nothing of what was given
 */
export function parsePublicOrigin(text: string): ParsedOrigin | string {
  if (/[\s\\]/.test(text)) return 'has a space or a backslash';
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'lacks its scheme, such as https://';
  const url = parseUrl(text);
  if (url === null) return 'is not a URL';
  const { protocol, username, password, hostname, origin } = url;
  if (!/^https?:$/.test(protocol)) return 'has another scheme than https and http';
  if (username !== '' || password !== '') return 'has user information before its host';
  if (/[?#]/.test(text)) return 'has a query or a fragment';
  if (hostname.includes('*')) return 'has a wildcard: each host must be named';
  const path = text.replace(/^[^:]+:\/\/[^/]*/, '').replace(/\/$/, '');
  const isSound = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/.test(path);
  return isSound
    ? { origin, path }
    : 'has a path with other characters than A-Z a-z 0-9 . _ ~ - in its parts';
}

/** The origins of a service without public ones, outside production: localhost and the listening address. */
export function localOrigins(host: string, port: number): string[] {
  // A URL does not name the interface of a link-local address (RFC 3986 §3.2.2).
  const address = host.includes(':') ? `[${host.replace(/%.*$/, '')}]` : host;
  return [...new Set(['localhost', '127.0.0.1', address])].map(
    (name) => new URL(`http://${name}:${port}`).origin,
  );
}

/** What the service serves at its root, by the first part of its path. */
const SERVICE_PATHS: readonly string[] = [
  'assets',
  'backchannel-logout',
  'brand-logo',
  'docs',
  'favicon.ico',
  'healthz',
  'icon.svg',
  'metrics',
  'openapi.json',
  'readyz',
  'theme.js',
  ...CONSOLE_PATHS,
];

/**
 * Whether a path could be the base path or a path of the service itself: a proxy may keep or remove the base path, so each
 * request must show which it did.
 */
export function isServicePath(path: string): boolean {
  const [first = ''] = path.slice(1).split('/');
  return path === '/api' || SERVICE_PATHS.includes(first);
}

import { parseUrl } from '../../shared/parse-url.ts';

/** A host of DATABASE_URL, as it is written there: percent-encoded, an IPv6 address in brackets. */
interface UrlHost {
  readonly host: string;
  readonly port: number | undefined;
}

const AUTHORITY = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)([^@/?#]*)(.*)$/s;
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/;

/** The URL standard allows no user before an empty host, but libpq does. `hosts` has what is meant. */
const ANY_HOST = 'localhost';

/**
 * Takes a URL apart as libpq does: it may name several hosts, each with its own port, and may name host, port, user, password
 * and database in its query, none of which the URL standard has. Null if it is not a URL, or if it can be read in two ways: an
 * `@` after the hosts belongs to a password with a character that would end it.
 * @returns the URL with one host and without these parameters, and all hosts in order; a host without a port gets that of the
 *   last host, as the URL standard would read `a,b:5432`
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function splitDatabaseUrl(text: string): { url: URL; hosts: readonly UrlHost[] } | null {
  const [, before = '', authority = '', after = ''] = AUTHORITY.exec(text) ?? [];
  if (before === '' || after.includes('@')) return null;
  const parts = decodeCommas(authority)
    .split(',')
    .map((part) => HOST_AND_PORT.exec(part));
  const found = parts.flatMap((part) => (part ? [{ host: part[1] ?? '', port: portOf(part[2]) }] : []));
  const url = parseUrl(`${before}${parts[0]?.[0] || ANY_HOST}${keepPlus(after)}`);
  if (found.length < parts.length || url === null) return null;
  const last = found.at(-1)?.port;
  const named = found.map(({ host, port }) => ({ host, port: port ?? last }));
  const hosts = takeQuery(url, named);
  return hosts.every(({ port = 0 }) => port <= 65_535) ? { url, hosts } : null;
}

/**
 * In a password or a name a `+` is meant as itself, as libpq reads it. In a setting it is a space: programs that build URLs by
 * the URL standard write it so.
 */
const keepPlus = (after: string) =>
  after.replace(/[?&](?:user|password|dbname)=[^&]*/g, (parameter) => parameter.replaceAll('+', '%2B'));

const decodeCommas = (authority: string) => authority.replace(/%2c/gi, ',');

/** Moves what libpq reads from the query to its place in the URL. @returns the hosts: those of the query, if it names any */
function takeQuery(url: URL, hosts: readonly UrlHost[]): readonly UrlHost[] {
  const take = (name: string) => {
    const value = url.searchParams.get(name);
    url.searchParams.delete(name);
    return value === null ? null : encodeURIComponent(value);
  };
  url.username = take('user') ?? url.username;
  url.password = take('password') ?? url.password;
  url.pathname = take('dbname') ?? url.pathname;
  const ports = take('port')?.split('%2C');
  const names = take('host')?.split('%2C') ?? hosts.map(({ host }) => host);
  return names.map((host, at) => ({ host, port: ports ? portOf(ports[at] ?? ports[0]) : hosts[at]?.port }));
}

/** NaN for what is not a port. */
function portOf(digits: string | undefined): number | undefined {
  if (!digits) return undefined;
  return /^\d{1,5}$/.test(digits) ? Number(digits) : Number.NaN;
}

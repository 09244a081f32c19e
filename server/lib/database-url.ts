/** A host of DATABASE_URL, as it is written there: percent-encoded, an IPv6 address in brackets. */
interface UrlHost {
  readonly host: string;
  readonly port: number | undefined;
}

const AUTHORITY = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)([^@/?#]*)(.*)$/s;
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/;

/**
 * Takes a URL apart as libpq does: it may name several hosts, each with its own port, which the URL standard does
 * not have. Null if it is none.
 * @returns the URL with the first host alone, and all hosts in order; a host without a port has that of the last, as
 * the URL standard would read `a,b:5432`
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
 */
export function splitDatabaseUrl(text: string): { url: URL; hosts: readonly UrlHost[] } | null {
  const [, before = '', authority = '', after = ''] = AUTHORITY.exec(text) ?? [];
  if (before === '') return null;
  const parts = decodeCommas(authority)
    .split(',')
    .map((part) => HOST_AND_PORT.exec(part));
  const found = parts.flatMap((part) => (part ? [{ host: part[1] ?? '', port: portOf(part[2]) }] : []));
  const first = `${before}${parts[0]?.[0] ?? ''}${after}`;
  if (found.length < parts.length || !URL.canParse(first)) return null;
  const last = found.at(-1)?.port;
  const hosts = found.map(({ host, port }) => ({ host, port: port ?? last }));
  if (hosts.some(({ port }) => port !== undefined && port > 65_535)) return null;
  return { url: new URL(first), hosts };
}

const decodeCommas = (authority: string) => authority.replace(/%2c/gi, ',');

const portOf = (digits: string | undefined) => (digits === undefined ? undefined : Number(digits));

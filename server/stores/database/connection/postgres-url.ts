import { ConfigError } from '../../../lib/config.ts';
import { splitDatabaseUrl } from '../../../lib/database-url.ts';
import { isForClient, rejectService, rejectUnsupportedParameters, variableOf } from './client-parameters.ts';
import { type DriverOptions, isForDriver, readDriverOptions } from './driver-options.ts';
import { completePlaces, type ServerPlace, systemUser } from './server-place.ts';
import { isPinned, pinnedName } from './session-settings.ts';
import { type ClientCertificate, readCertificates, readClientCertificate } from './tls-files.ts';

/** The encryption of a connection, in libpq's terms. */
export type SslMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/**
 * The parts of DATABASE_URL. A part that the URL omits has the value of libpq's variable, or else the default: the driver reads
 * neither the environment nor the URL.
 */
export interface PostgresTarget {
  /** At least one; tried in order. */
  readonly hosts: readonly ServerPlace[];
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly sslMode: SslMode;
  /** Certificates of the trusted authorities, PEM; undefined: those of Node. */
  readonly ca: string | undefined;
  /** The certificate that Keyseal presents, and its key, PEM; undefined: none. */
  readonly clientCertificate: ClientCertificate | undefined;
  /** Starts TLS at once, without the SSLRequest message. */
  readonly direct: boolean;
  /** The driver options that the URL sets. */
  readonly driver: DriverOptions;
  /** The URL's startup parameters, except pinned ones and those for the client. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The pinned settings that the URL tries to set. */
  readonly pinnedParameters: Readonly<Record<string, string>>;
}

const SSL_MODES: Readonly<Record<string, SslMode>> = {
  disable: 'disable',
  false: 'disable',
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
  true: 'verify-full',
};
const TLS_PARAMETERS = ['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation'];
/** Values of `target_session_attrs` that request what Keyseal needs; it finds a server that accepts writes anyway. */
const WRITABLE = ['any', 'read-write', 'primary'];

/**
 * Parses DATABASE_URL. Only the parts that are named here reach the driver or the server.
 * @throws ConfigError in a sentence that does not repeat the URL, which holds a password
 */
export function readPostgresUrl(text: string): PostgresTarget {
  const split = splitUrl(text);
  const { url, hosts } = split;
  const { target_session_attrs: attributes, ...query } = Object.fromEntries(url.searchParams);
  refuseMisspeltTls(Object.keys(query));
  rejectUnsupportedParameters(query);
  rejectService(partsMissing(split));
  const tls = readTls(query);
  const direct = (query['sslnegotiation'] ?? variableOf('PGSSLNEGOTIATION')) === 'direct';
  refuseWeakDirect(direct, tls.sslMode);
  refuseReadOnly(attributes);
  const user = decodePart(url.username) || variableOf('PGUSER') || systemUser();
  return {
    hosts: completePlaces(hosts.map(({ host, port }) => ({ host: withoutBrackets(decodePart(host)), port }))),
    user,
    password: decodePart(url.password) || variableOf('PGPASSWORD') || '',
    database: decodePart(url.pathname.slice(1)) || variableOf('PGDATABASE') || user,
    ...tls,
    direct,
    driver: readDriverOptions(query),
    parameters: only(
      query,
      (name) => !TLS_PARAMETERS.includes(name) && !isForDriver(name) && !isPinned(name) && !isForClient(name),
    ),
    pinnedParameters: only(query, isPinned),
  };
}

/** What DATABASE_URL leaves out of all that is needed to reach a server, and to know how the connection is encrypted. */
function partsMissing({ url, hosts }: ReturnType<typeof splitUrl>): string[] {
  const isSocket = ({ host }: { readonly host: string }) => decodePart(host).startsWith('/');
  const parts: Readonly<Record<string, boolean>> = {
    user: url.username !== '',
    password: url.password !== '',
    host: hosts.some(({ host }) => host !== ''),
    database: url.pathname.length > 1,
    sslmode: ['sslmode', 'ssl'].some((name) => url.searchParams.has(name)) || hosts.every(isSocket),
  };
  return Object.keys(parts).filter((part) => parts[part] !== true);
}

/** @param inUrl target_session_attrs of DATABASE_URL, which may have a variable in its place */
function refuseReadOnly(inUrl: string | undefined): void {
  const value = inUrl ?? variableOf('PGTARGETSESSIONATTRS') ?? 'any';
  if (WRITABLE.includes(value)) return;
  const found =
    inUrl === undefined
      ? `The environment has PGTARGETSESSIONATTRS="${value}" in place of read-write or primary`
      : `DATABASE_URL accepts target_session_attrs=read-write or primary, but has "${value}"`;
  throw new ConfigError(`${found}: Keyseal writes with every call.`);
}

/** DATABASE_URL as the configuration has accepted it. */
function splitUrl(text: string): NonNullable<ReturnType<typeof splitDatabaseUrl>> {
  const split = splitDatabaseUrl(text);
  if (!split) throw new ConfigError('DATABASE_URL is not the URL of a Postgres database.');
  if (text.includes('%00'))
    throw new ConfigError('DATABASE_URL has %00, a character that no text of Postgres contains: remove it.');
  return split;
}

/** A parameter in `options`, as on Postgres's command line: `-c name=value` or `--name=value`. */
const OPTION = /(?:^|\s)(?:-c\s*|--)([\w-]+)\s*=/g;

/** What DATABASE_URL sets without effect: pinned settings, as Postgres spells them, and parameters for the client. */
export function overriddenIn(text: string): string[] {
  const query = splitUrl(text).url.searchParams;
  const options = query.getAll('options').flatMap((value) => [...value.matchAll(OPTION)]);
  const names = [...query.keys(), ...options.map(([, name = '']) => name.replaceAll('-', '_'))];
  return [...new Set(names.flatMap((name) => pinnedName(name) ?? (isForClient(name) ? name : [])))];
}

/** Postgres would ignore `SSLMODE` or refuse it, and the connection would go without TLS. */
function refuseMisspeltTls(names: readonly string[]): void {
  const unknown = names.find(
    (name) => /^ssl/i.test(name) && !TLS_PARAMETERS.includes(name) && !isForClient(name),
  );
  if (unknown === undefined) return;
  throw new ConfigError(
    `DATABASE_URL accepts the TLS parameters ${TLS_PARAMETERS.join(', ')}, but has "${unknown}".`,
  );
}

function readTls(
  query: Readonly<Record<string, string>>,
): Pick<PostgresTarget, 'sslMode' | 'ca' | 'clientCertificate'> {
  const rootCert = query['sslrootcert'] ?? variableOf('PGSSLROOTCERT');
  const sslModeText =
    query['sslmode'] ?? query['ssl'] ?? variableOf('PGSSLMODE') ?? variableOf('PGSSL') ?? requiredMode();
  const name = sslModeText ?? (rootCert === 'system' ? 'verify-full' : 'disable');
  const mode = Object.hasOwn(SSL_MODES, name) ? SSL_MODES[name] : undefined;
  if (mode === undefined) {
    throw new ConfigError(
      `DATABASE_URL accepts sslmode=disable, prefer, require, verify-ca or verify-full, but has "${sslModeText}".`,
    );
  }
  // Without this, a URL that names the authority of its server, and no mode, would send its password unencrypted.
  if (
    rootCert !== undefined &&
    mode === 'disable' &&
    (sslModeText === undefined || query['sslrootcert'] !== undefined)
  )
    throw new ConfigError(
      'DATABASE_URL or PGSSLROOTCERT has sslrootcert, which requires an sslmode that encrypts: write sslmode=verify-full, or verify-ca if the certificate is for another host.',
    );
  // Like libpq: anybody gets a certificate of a public authority, so only one for the right host proves anything.
  if (rootCert === 'system' && mode !== 'verify-full') {
    throw new ConfigError(
      `DATABASE_URL accepts sslrootcert=system with sslmode=verify-full only, but has "${name}".`,
    );
  }
  // Like libpq: a URL that names an authority requires a certificate of that authority.
  const sslMode = mode === 'require' && rootCert !== undefined ? 'verify-ca' : mode;
  return {
    sslMode,
    ca:
      rootCert === undefined || rootCert === 'system' ? undefined : readCertificates('sslrootcert', rootCert),
    clientCertificate: clientCertificateIn(query, sslMode),
  };
}

/** Like libpq: TLS that begins at once cannot fall back to none. */
function refuseWeakDirect(direct: boolean, sslMode: SslMode): void {
  if (direct && (sslMode === 'disable' || sslMode === 'prefer'))
    throw new ConfigError(
      'DATABASE_URL or PGSSLNEGOTIATION has sslnegotiation=direct, which requires sslmode=require, verify-ca or verify-full.',
    );
}

/** As libpq has it from before `sslmode`. */
const requiredMode = (): string | undefined =>
  variableOf('PGREQUIRESSL')?.startsWith('1') ? 'require' : undefined;

function clientCertificateIn(query: Readonly<Record<string, string>>, sslMode: SslMode) {
  const isInUrl = query['sslcert'] !== undefined || query['sslkey'] !== undefined;
  if (sslMode === 'disable') {
    if (!isInUrl) return undefined;
    throw new ConfigError('DATABASE_URL accepts sslcert and sslkey with an sslmode that encrypts.');
  }
  const sslcert = query['sslcert'] ?? variableOf('PGSSLCERT');
  const sslkey = query['sslkey'] ?? variableOf('PGSSLKEY');
  // A single variable, or an empty one, may be meant for another program.
  if (!isInUrl && !(sslcert && sslkey)) return undefined;
  return readClientCertificate({ sslcert, sslkey });
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ConfigError('DATABASE_URL has a % that does not begin an encoded character: write it as %25.');
  }
}

const withoutBrackets = (host: string) => host.replace(/^\[(.*)\]$/, '$1');

function only(query: Readonly<Record<string, string>>, wanted: (name: string) => boolean) {
  return Object.fromEntries(Object.entries(query).filter(([name]) => wanted(name)));
}

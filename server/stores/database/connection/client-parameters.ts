import { ConfigError } from '../../../lib/config.ts';

/** Parameters of libpq about how a client connects, which Keyseal decides by itself. Postgres would refuse them. */
const IGNORED_PARAMETERS: readonly string[] = [
  'connect_timeout',
  'fallback_application_name',
  'keepalives',
  'keepalives_count',
  'keepalives_idle',
  'keepalives_interval',
  'load_balance_hosts',
  'tcp_user_timeout',
];

/** A parameter by which a client requires what Keyseal cannot do. */
interface UnsupportedParameter {
  /** The variable of libpq that stands for it. */
  readonly variable?: string;
  /** The values that require nothing. */
  readonly ignorableValues: readonly string[];
  /** Continues `DATABASE_URL has name=value, which Keyseal`. */
  readonly cannot: string;
  readonly fix: string;
}

const CANNOT_REQUIRE = 'cannot require when it connects';
const DOES_NOT_READ = 'does not read';
const VERIFY_FULL = 'Remove it, and set sslmode=verify-full';
const OPTIONAL = ['disable', 'prefer'];
const WRITE_ALL =
  'Remove it, and write host, user, password, database and sslmode into DATABASE_URL: Keyseal reads no service files.';

const UNSUPPORTED_PARAMETERS: Readonly<Record<string, UnsupportedParameter>> = {
  channel_binding: {
    variable: 'PGCHANNELBINDING',
    ignorableValues: OPTIONAL,
    cannot: CANNOT_REQUIRE,
    fix: `${VERIFY_FULL}, with which the server proves its name instead.`,
  },
  gssencmode: {
    variable: 'PGGSSENCMODE',
    ignorableValues: OPTIONAL,
    cannot: CANNOT_REQUIRE,
    fix: `${VERIFY_FULL}.`,
  },
  require_auth: {
    variable: 'PGREQUIREAUTH',
    ignorableValues: [],
    cannot: CANNOT_REQUIRE,
    fix: `${VERIFY_FULL}, so that no other server gets the password.`,
  },
  requirepeer: {
    variable: 'PGREQUIREPEER',
    ignorableValues: [],
    cannot: CANNOT_REQUIRE,
    fix: 'Remove it, and let nobody else write to the folder of the socket.',
  },
  sslcrl: {
    variable: 'PGSSLCRL',
    ignorableValues: [],
    cannot: DOES_NOT_READ,
    fix: 'Remove it: Keyseal checks no revocation lists.',
  },
  sslcrldir: {
    variable: 'PGSSLCRLDIR',
    ignorableValues: [],
    cannot: DOES_NOT_READ,
    fix: 'Remove it: Keyseal checks no revocation lists.',
  },
  sslcertmode: {
    variable: 'PGSSLCERTMODE',
    ignorableValues: ['disable', 'allow'],
    cannot: CANNOT_REQUIRE,
    fix: `${VERIFY_FULL}.`,
  },
  ssl_min_protocol_version: {
    variable: 'PGSSLMINPROTOCOLVERSION',
    // Node speaks nothing older than 1.2.
    ignorableValues: ['TLSv1', 'TLSv1.1', 'TLSv1.2'],
    cannot: CANNOT_REQUIRE,
    fix: 'Remove it, and set ssl_min_protocol_version in Postgres.',
  },
  hostaddr: {
    variable: 'PGHOSTADDR',
    ignorableValues: [],
    cannot: DOES_NOT_READ,
    fix: 'Write the address as host.',
  },
  service: { ignorableValues: [], cannot: DOES_NOT_READ, fix: WRITE_ALL },
  servicefile: { ignorableValues: [], cannot: DOES_NOT_READ, fix: WRITE_ALL },
  passfile: {
    ignorableValues: [],
    cannot: DOES_NOT_READ,
    fix: 'Remove it, and write the password into DATABASE_URL or PGPASSWORD: Keyseal reads no password files.',
  },
};

/** Whether a parameter of DATABASE_URL is only for the client: the server does not get it. */
export const isForClient = (name: string): boolean =>
  IGNORED_PARAMETERS.includes(name) || Object.hasOwn(UNSUPPORTED_PARAMETERS, name);

/**
 * @throws ConfigError if a parameter, or its variable, requires what Keyseal cannot do: without it the connection would prove
 *   less
 */
export function rejectUnsupportedParameters(query: Readonly<Record<string, string>>): void {
  for (const [name, { variable = '', ignorableValues, cannot, fix }] of Object.entries(
    UNSUPPORTED_PARAMETERS,
  )) {
    const inUrl = query[name];
    const value = inUrl ?? variableOf(variable);
    if (value === undefined || ignorableValues.includes(value)) continue;
    const where = inUrl === undefined ? `The environment has ${variable}` : `DATABASE_URL has ${name}`;
    throw new ConfigError(`${where}=${value}, which Keyseal ${cannot}. ${fix}`);
  }
}

/**
 * In libpq a service supplies what the URL omits, and takes precedence over the other variables.
 * @param missing the parts that the URL leaves out, of those by which a server is reached
 * @throws ConfigError if PGSERVICE would supply one of them: Keyseal would connect elsewhere, or verify less
 */
export function rejectService(missing: readonly string[]): void {
  const service = variableOf('PGSERVICE');
  if (service === undefined || missing.length === 0) return;
  const parts = missing.join(', ').replace(/, (\w+)$/, ' and $1');
  throw new ConfigError(
    `The environment has PGSERVICE=${service}, and Keyseal reads no service files. Write ${parts} into DATABASE_URL too, or remove PGSERVICE from the environment of Keyseal.`,
  );
}

/** A variable of libpq; undefined if it is empty, as if it were not set. */
export const variableOf = (name: string): string | undefined => process.env[name] || undefined;

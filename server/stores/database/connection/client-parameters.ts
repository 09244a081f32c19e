import { ConfigError } from '../../../lib/config.ts';

/** Parameters of libpq about how a client connects, which Keyseal ignores. Postgres would refuse them. */
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

/** Parameters by which a client requires something of the log-in that the driver cannot do, with the values that require nothing. */
const UNSUPPORTED_PARAMETERS: Readonly<
  Record<string, { readonly ignorableValues: readonly string[]; readonly fix: string }>
> = {
  channel_binding: {
    ignorableValues: ['disable', 'prefer'],
    fix: 'Remove it, and set sslmode=verify-full, with which the server proves its name instead.',
  },
  gssencmode: { ignorableValues: ['disable', 'prefer'], fix: 'Remove it, and set sslmode=verify-full.' },
  require_auth: {
    ignorableValues: [],
    fix: 'Remove it, and set sslmode=verify-full, so that no other server gets the password.',
  },
};

/** Whether a parameter of DATABASE_URL is for the client alone: the server does not get it. */
export const isForClient = (name: string): boolean =>
  IGNORED_PARAMETERS.includes(name) || Object.hasOwn(UNSUPPORTED_PARAMETERS, name);

/** @throws ConfigError if a parameter requires what the driver cannot do: without it the connection would prove less */
export function rejectUnsupportedParameters(query: Readonly<Record<string, string>>): void {
  for (const [name, { ignorableValues, fix }] of Object.entries(UNSUPPORTED_PARAMETERS)) {
    const value = query[name];
    if (value === undefined || ignorableValues.includes(value)) continue;
    throw new ConfigError(
      `DATABASE_URL has ${name}=${value}, which Keyseal cannot require when it connects. ${fix}`,
    );
  }
}

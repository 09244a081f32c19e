import { ConfigError } from '../../../lib/config.ts';

/** Parameters of libpq about how a client connects, which Keyseal decides by itself. Postgres would refuse them. */
const DECIDED: readonly string[] = [
  'connect_timeout',
  'fallback_application_name',
  'keepalives',
  'keepalives_count',
  'keepalives_idle',
  'keepalives_interval',
  'load_balance_hosts',
  'tcp_user_timeout',
];

/** Parameters by which a client demands something of the log-in, with the values that demand nothing. */
const DEMANDS: Readonly<Record<string, { readonly harmless: readonly string[]; readonly fix: string }>> = {
  channel_binding: {
    harmless: ['disable', 'prefer'],
    fix: 'Remove it, and set sslmode=verify-full, with which the server proves its name instead.',
  },
  gssencmode: { harmless: ['disable', 'prefer'], fix: 'Remove it, and set sslmode=verify-full.' },
  require_auth: {
    harmless: [],
    fix: 'Remove it, and set sslmode=verify-full, so that no other server gets the password.',
  },
};

/** Whether a parameter of DATABASE_URL is for the client alone: the server does not get it. */
export const isForClient = (name: string): boolean => DECIDED.includes(name) || Object.hasOwn(DEMANDS, name);

/** @throws ConfigError if a parameter demands what the driver cannot do: without it the connection would prove less */
export function refuseDemands(query: Readonly<Record<string, string>>): void {
  for (const [name, { harmless, fix }] of Object.entries(DEMANDS)) {
    const value = query[name];
    if (value === undefined || harmless.includes(value)) continue;
    throw new ConfigError(
      `DATABASE_URL has ${name}=${value}, which Keyseal cannot require when it connects. ${fix}`,
    );
  }
}

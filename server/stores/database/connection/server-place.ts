import { userInfo } from 'node:os';
import { ConfigError } from '../../../lib/config.ts';
import { variableOf } from './client-parameters.ts';

/** A host of a database: a name, an IP address, or the folder of a Unix socket. */
export interface ServerPlace {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = '5432';

/**
 * The hosts of DATABASE_URL. What the URL omits has the value of `PGHOST` and `PGPORT`, as with libpq, or else the default.
 * @throws ConfigError if `PGPORT` is used and is not a port
 */
export function completePlaces(
  hosts: readonly { readonly host: string; readonly port: number | undefined }[],
): readonly ServerPlace[] {
  const named = hosts.filter(({ host }) => host !== '');
  const port = hosts[0]?.port;
  const all =
    named.length > 0
      ? named
      : (variableOf('PGHOST') ?? 'localhost').split(',').map((host) => ({ host: host || 'localhost', port }));
  const ports = (variableOf('PGPORT') ?? DEFAULT_PORT).split(',');
  return all.map((one, at) => ({
    host: one.host,
    port: one.port ?? readPort((ports.length === 1 ? ports[0] : ports[at]) || DEFAULT_PORT),
  }));
}

function readPort(digits: string): number {
  if (/^\d{1,5}$/.test(digits) && Number(digits) <= 65_535) return Number(digits);
  throw new ConfigError(`The environment has PGPORT=${digits}, which is no port. Correct or remove it.`);
}

/** The name under which this process runs, with which libpq also logs in if nothing names another; empty if it has none. */
export function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import postgres from 'postgres';
import { type DialTarget, dial } from './dial.ts';
import { type PostgresTarget, readPostgresUrl } from './postgres-url.ts';
import { holdUntilChecked } from './session-check.ts';
import { type Overrides, startupParameters } from './session-settings.ts';

/** The options that differ between the pools of a process. */
interface Wanted {
  /** The maximum number of connections. */
  readonly max: number;
  /** Settings that replace pinned ones. */
  readonly overrides?: Overrides;
  /** Called for each connection that goes through a pooler. */
  readonly pooled?: () => void;
  /** Neither pins nor checks settings, to inspect a session as it is without Keyseal. */
  readonly asFound?: boolean;
}

/** Seconds between attempts to reconnect: short, so that an outage ends soon after the database is back. */
const LONGEST_BACKOFF_S = 1;

/** The argument of postgres.js's `socket` function, which its types omit. */
interface DriverOptions {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path: string | false;
}

/**
 * The one way to the database of DATABASE_URL: every connection has the pinned settings in its start-up packet, whatever
 * the URL sets, and is checked before it is used.
 * @throws ConfigError if the URL is not valid
 */
export function connectPostgres(
  url: string,
  { max, overrides = {}, pooled = () => {}, asFound = false }: Wanted,
): postgres.Sql {
  const target = readPostgresUrl(url);
  const { user, password, database, port, parameters, driver } = target;
  let ended = false;
  const socket = async (options: DriverOptions): Promise<Socket> => {
    try {
      const opened = await dial(placesOf(target, options), target);
      if (!ended) return asFound ? opened : holdUntilChecked(opened, overrides, pooled);
      opened.destroy();
      throw new Error('the database was closed meanwhile');
    } catch (error) {
      return failed(error as Error);
    }
  };
  const options: postgres.Options<Record<string, never>> & { socket: typeof socket } = {
    ...driver,
    max,
    ...(target.hosts[0] ? { host: target.hosts[0] } : {}),
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    // Encrypted by `dial`.
    ssl: false,
    socket,
    connect_timeout: 5,
    // postgres.js does not await its query for array types at every connection: if the connection breaks meanwhile, the
    // rejection would end the process. No statement of Keyseal passes an array.
    fetch_types: false,
    backoff: (attempt: number) => Math.min(2 ** attempt / 20, LONGEST_BACKOFF_S),
    onnotice: () => {},
    connection: {
      application_name: 'keyseal',
      ...parameters,
      ...(asFound ? target.undoing : startupParameters(overrides)),
    },
  };
  const client = postgres(options);
  const end = client.end;
  client.end = (how) => {
    ended = true;
    return end(how);
  };
  return client;
}

function placesOf({ hosts }: PostgresTarget, { host, port, path }: DriverOptions): readonly DialTarget[] {
  if (path) return [{ path }];
  const named = hosts.filter(Boolean);
  return (named.length > 0 ? named : host).map((name) => ({ host: name, port: port[0] ?? 5432 }));
}

/**
 * A socket that fails at the first write. postgres.js loses a connection of its pool for ever if
 * its `socket` function throws; it recovers from a socket that breaks.
 */
function failed(error: Error): Socket {
  const stub = new Duplex({
    emitClose: false,
    read: () => {},
    write: (_chunk, _encoding, done) => done(error),
    destroy: (cause, done) => {
      done(cause);
      // The argument of Node's `close` event: closed by an error.
      setImmediate(() => stub.emit('close', true));
    },
  });
  return stub as unknown as Socket;
}

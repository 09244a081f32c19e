import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import postgres from 'postgres';
import { WatchedConnection } from './dead-server-watch.ts';
import { cancelSession, type DialTarget, dial } from './dial.ts';
import { type PostgresTarget, readPostgresUrl } from './postgres-url.ts';
import { type Driver, refuseReplaced, replaceBrokenDriver, replaceWhenEnded } from './replaceable-driver.ts';
import type { ServerPlace } from './server-place.ts';
import { holdUntilChecked } from './session-check.ts';
import { type Overrides, startupParameters } from './session-settings.ts';

/** What the pools of a process know of the servers of a database. */
export class Upstream {
  /** Whether a session that is read-only is refused. Set once a statement has reached a server that accepts no writes. */
  mustWrite: boolean;
  /** The index of the host that is tried first. */
  first = 0;
  readonly connections = new Set<WatchedConnection>();

  constructor(mustWrite: boolean) {
    this.mustWrite = mustWrite;
  }
}

/** The options that differ between the pools of a process. */
interface PoolOptions {
  /** The maximum number of connections. */
  readonly max: number;
  /** Settings that replace pinned ones. */
  readonly overrides?: Overrides;
  /** Shared by the pools of a process. Without it, read-only sessions are accepted. */
  readonly upstream?: Upstream;
  /** Called for each connection that goes through a pooler. */
  readonly onPooler?: () => void;
  /** For `listen`, which the driver repeats after a break: the driver is not replaced. */
  readonly listens?: boolean;
  /** For a migration: its statements may take as long as they need, and its session holds a lock, so nothing here ends it. */
  readonly migrates?: boolean;
  /** Neither pins nor checks settings, to inspect a session as it is without Keyseal. */
  readonly unchecked?: boolean;
}

/** Seconds between attempts to reconnect: short, so that an outage ends soon after the database is back. */
const MAX_BACKOFF_S = 1;

/** Options of postgres.js that its types omit. */
interface Unlisted {
  readonly socket: () => Promise<Socket>;
  readonly sslnegotiation: null;
  readonly max_pipeline: number;
}

const NO_PLACE: ServerPlace = { host: 'localhost', port: 5432 };

/**
 * The one way to the database of DATABASE_URL: every connection has the pinned settings in its startup packet, whatever
 * the URL sets, is checked before it is used, and ends when its server cannot serve it any more.
 * @throws ConfigError if the URL is not valid
 */
export function connectPostgres(url: string, wanted: PoolOptions): postgres.Sql {
  const target = readPostgresUrl(url);
  return replaceBrokenDriver((driver) => startDriver(target, wanted, driver));
}

function startDriver(target: PostgresTarget, wanted: PoolOptions, driver: Driver): postgres.Sql {
  const { max, overrides = {}, migrates = false, unchecked = false } = wanted;
  const { user, password, database, parameters, hosts } = target;
  const open = socketOpener(target, wanted, driver);
  const socket = async (): Promise<Socket> => {
    try {
      refuseReplaced(driver);
      const opened = await open();
      if (driver.isOver()) opened.destroy();
      refuseReplaced(driver);
      return opened;
    } catch (error) {
      return failingSocket(error as Error);
    }
  };
  const [{ host, port } = NO_PLACE] = hosts;
  // Each option that the driver would otherwise read from the environment, as PG and its name in capitals.
  const options: postgres.Options<Record<string, never>> & Unlisted = {
    ...target.driver,
    ...(migrates && { idle_timeout: 0, max_lifetime: 0 }),
    max,
    host,
    port,
    user,
    password,
    database,
    max_pipeline: 100,
    debug: false,
    publications: 'alltables',
    sslnegotiation: null,
    // Encrypted by `dial`.
    ssl: false,
    socket,
    connect_timeout: 5,
    // postgres.js does not await its query for array types at every connection: if the connection breaks in the meantime, the
    // rejection would end the process. No statement of Keyseal passes an array.
    fetch_types: false,
    backoff: (attempt: number) => Math.min(2 ** attempt / 20, MAX_BACKOFF_S),
    onnotice: () => {},
    connection: {
      application_name: 'keyseal',
      ...parameters,
      ...(unchecked ? target.pinnedParameters : startupParameters(overrides)),
    },
  };
  return withoutVariable('PGTARGETSESSIONATTRS', () => postgres(options));
}

/**
 * The driver reads this variable whatever its options say, and refuses values that libpq accepts. `socketOpener` finds the
 * server that accepts writes.
 */
function withoutVariable<T>(name: string, run: () => T): T {
  const value = process.env[name];
  delete process.env[name];
  try {
    return run();
  } finally {
    if (value !== undefined) process.env[name] = value;
  }
}

type OpenSocket = () => Promise<Socket>;

/** Opens, checks and watches connections. Of several hosts it begins with the one that last took writes. */
function socketOpener(
  target: PostgresTarget,
  {
    overrides = {},
    upstream = new Upstream(false),
    onPooler = () => {},
    listens = false,
    migrates = false,
    unchecked = false,
  }: PoolOptions,
  driver: Driver,
): OpenSocket {
  const addresses = target.hosts.map(addressOf);
  return async () => {
    const begin = upstream.first;
    const { socket, index } = await dial([...addresses.slice(begin), ...addresses.slice(0, begin)], target);
    if (unchecked) return socket;
    const reached = (begin + index) % addresses.length;
    const onReadOnly = () => {
      upstream.mustWrite = true;
      // Other connections may have found out in the meantime.
      if (upstream.first === begin) upstream.first = (reached + 1) % addresses.length;
    };
    const onSilent = () => void cancelSession(addresses.slice(reached, reached + 1), target, key);
    let key: Buffer = Buffer.alloc(8);
    return holdUntilChecked(socket, {
      overrides,
      mustWrite: upstream.mustWrite,
      onPooler,
      onReadOnly,
      onAccepted: (given) => {
        key = given;
        new WatchedConnection(socket, {
          onReadOnly,
          onSilent: migrates ? null : onSilent,
          others: upstream.connections,
        });
        if (!listens) replaceWhenEnded(socket, driver);
      },
    });
  };
}

/** As libpq: a host with a slash is the folder of a Unix socket. */
const addressOf = ({ host, port }: ServerPlace): DialTarget =>
  host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };

/**
 * A socket that fails. postgres.js loses a connection of its pool forever if its `socket` function throws; it recovers
 * from a socket that breaks, once it listens.
 */
function failingSocket(error: Error): Socket {
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
  // The driver may have bytes left from an earlier connection, and then it writes none.
  setImmediate(() => stub.destroy(error));
  return stub as Socket;
}

import type { Socket } from 'node:net';
import { ConfigError } from '../../../lib/config.ts';
import { ConnectionClosed, NotPostgres } from './dial.ts';
import { FAILURES } from './failure-table.ts';
import { columnsOf, errorField, MessageReader, simpleQuery } from './protocol-messages.ts';
import {
  type Deviation,
  deviations,
  type Overrides,
  PROCESS,
  READ_ONLY,
  READ_SETTINGS,
  RECOVERY,
} from './session-settings.ts';

/** The maximum length of a message before a connection is ready, in bytes. */
const MAX_START = 1024 * 1024;
/** Notices, parameter statuses and notifications may arrive at any time; the driver handles them. */
const AT_ANY_TIME = 'NSA';
/** Messages before a session is ready: authentication, an error, the key data, a protocol that the server prefers. */
const AT_START = `${AT_ANY_TIME}REKvZ`;

/** A connection whose session lacks a required setting. Callers see an outage. */
export class SessionRefused extends ConfigError {
  readonly code = 'CONNECTION_SESSION_REFUSED';
}

/** A server that accepts no writes: a standby, or one that was made read-only. Another one may accept them. */
class ReadOnlySession extends Error {
  override readonly name = 'ReadOnlySession';
  readonly code = '25006';
}

/** The server cannot let the settings be read now: it shuts down, is full, or took too long. */
class SettingsUnavailable extends Error {
  override readonly name = 'SettingsUnavailable';
  /** SQLSTATE. */
  readonly code: string;

  constructor({ code, message }: ServerError) {
    super(message);
    this.code = code;
  }
}

/** An ErrorResponse: SQLSTATE and message. */
interface ServerError {
  readonly code: string;
  readonly message: string;
}

/**
 * Blocks a connection until its session is checked. The driver opens connections on its own, and a pooler may
 * drop startup parameters, or pass on a session that another client has changed. So the server's first ReadyForQuery is
 * held back while the settings are read; then the driver receives it, or the connection ends with SessionRefused. From then
 * on the socket is as it was.
 * @param socket without listeners
 */
export function holdUntilChecked(socket: Socket, options: CheckOptions): Socket {
  const pass = socket.emit.bind(socket);
  const check = new SessionCheck(options, {
    forward: (bytes) => pass('data', bytes),
    query: (bytes) => socket.write(bytes),
    accept: (key) => {
      Reflect.deleteProperty(socket, 'emit');
      options.onAccepted(key);
    },
    refuse: (why) => void socket.destroy(why),
  });
  const emit = (event: string | symbol, ...args: unknown[]): boolean => {
    // An error without a listener would end the process; the driver removes its own when it abandons a connection.
    if (event === 'error' && socket.listenerCount('error') === 0) return false;
    // Without an error postgres.js would dial again at once, and forever.
    if (event === 'close') emit('error', new ConnectionClosed('the server closed the connection'));
    if (event !== 'data') return pass(event, ...args);
    check.read(args[0] as Buffer);
    return true;
  };
  // Found before the method of its class, until it is deleted.
  return Object.assign(socket, { emit });
}

/** The requirements on a session, and callbacks with the result. */
interface CheckOptions {
  readonly overrides: Overrides;
  /** Whether a session that is read-only is refused. */
  readonly mustWrite: boolean;
  /** Called if a pooler is between this process and Postgres. */
  onPooler(): void;
  /** Called before the driver is given the session. @param key the process and its secret, by which it is cancelled */
  onAccepted(key: Buffer): void;
  /** Called if a session was refused because it is read-only. */
  onReadOnly(): void;
}

/** The actions of a check on its connection. */
interface Connection {
  /** Passes the server's bytes to the driver. */
  forward(bytes: Buffer): void;
  query(bytes: Buffer): void;
  accept(key: Buffer): void;
  refuse(why: SessionRefused | SettingsUnavailable | NotPostgres | ReadOnlySession): void;
}

class SessionCheck {
  readonly #options: CheckOptions;
  readonly #connection: Connection;
  readonly #messages = new MessageReader();
  readonly #values = new Map<string, string>();
  /** The process id that the server reports for the connection, and its secret: a pooler may report any. */
  #key: Buffer = Buffer.alloc(8);
  /** The server's first ReadyForQuery. */
  #ready: Buffer | null = null;
  #isOver = false;

  constructor(options: CheckOptions, connection: Connection) {
    this.#options = options;
    this.#connection = connection;
  }

  read(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#messages.add(bytes);
    try {
      for (let next = this.#messages.next(); next && !this.#isOver; next = this.#messages.next())
        this.#handle(next.type, next.bytes);
    } catch {
      // A message shorter than its type requires. It must not end the process.
      this.#refuseNonPostgres();
    }
    if (!this.#isOver && !this.#messages.isPlausible(MAX_START)) this.#refuseNonPostgres();
  }

  #handle(type: string, bytes: Buffer): void {
    if (this.#ready === null && !AT_START.includes(type)) {
      this.#refuseNonPostgres();
      return;
    }
    if (type === 'K') this.#key = cancelKey(bytes);
    if (this.#ready === null && type === 'Z') this.#query(bytes);
    else if (this.#ready === null || AT_ANY_TIME.includes(type)) this.#connection.forward(bytes);
    else if (type === 'D') this.#addSetting(bytes);
    else if (type === 'E') this.#refuseUnread(bytes);
    else if (type === 'Z') this.#checkSettings(this.#ready);
  }

  #query(ready: Buffer): void {
    this.#ready = ready;
    this.#connection.query(simpleQuery(READ_SETTINGS));
  }

  #addSetting(row: Buffer): void {
    const [name = '', setting = ''] = columnsOf(row);
    this.#values.set(name, setting);
  }

  #checkSettings(ready: Buffer): void {
    const deviating = deviations(this.#values, this.#options.overrides);
    if (this.#options.mustWrite && this.#values.get(READ_ONLY) === 'on') this.#refuseReadOnly();
    else if (deviating.length > 0) this.#refuse(deviationSentence(deviating));
    else this.#accept(ready);
  }

  #accept(ready: Buffer): void {
    this.#isOver = true;
    if (this.#values.get(PROCESS) !== String(this.#key.readUInt32BE(0))) this.#options.onPooler();
    this.#connection.accept(this.#key);
    this.#connection.forward(ready);
  }

  #refuseReadOnly(): void {
    this.#isOver = true;
    const isStandby = this.#values.get(RECOVERY) === 'true';
    const why = isStandby ? 'it is a standby' : 'default_transaction_read_only is on';
    this.#options.onReadOnly();
    this.#connection.refuse(new ReadOnlySession(why));
  }

  /** @param error an ErrorResponse to the statement that reads the settings */
  #refuseUnread(error: Buffer): void {
    const failure = { code: errorField(error, 'C'), message: errorField(error, 'M') };
    if (FAILURES.opening[failure.code]?.isTemporary !== true) {
      this.#refuse(unreadSentence(failure));
      return;
    }
    this.#isOver = true;
    this.#connection.refuse(new SettingsUnavailable(failure));
  }

  #refuseNonPostgres(): void {
    this.#isOver = true;
    this.#connection.refuse(new NotPostgres('it does not speak the protocol of Postgres'));
  }

  #refuse(why: string): void {
    this.#isOver = true;
    this.#connection.refuse(new SessionRefused(why));
  }
}

/** The process and its secret, of a BackendKeyData. @throws RangeError if it is too short */
function cancelKey(bytes: Buffer): Buffer {
  bytes.readUInt32BE(9);
  return Buffer.from(bytes.subarray(5));
}

/** What to do about settings that cannot be read, by SQLSTATE. */
const UNREAD_REMEDIES: Readonly<Record<string, string>> = {
  '42501': 'Grant the right again: GRANT SELECT ON pg_catalog.pg_settings TO PUBLIC.',
  '53400': 'Raise temp_file_limit and work_mem of the role, the database or the server.',
};

function unreadSentence({ code, message }: ServerError): string {
  const remedy = Object.hasOwn(UNREAD_REMEDIES, code) ? UNREAD_REMEDIES[code] : undefined;
  const reason = `${message.replace(/\s+/g, ' ')}; ${code}`;
  return `The settings of the session with the database cannot be read (${reason}). ${remedy ?? 'Check the log of Postgres, and what role and database set.'}`;
}

/** @param deviating at least one */
export function deviationSentence(deviating: readonly Deviation[]): string {
  const [first] = deviating;
  const each = deviating.map(
    ({ name, found, required }) => `${name} is "${found}" and must be "${required}"`,
  );
  return `The session with the database lacks settings that Keyseal sends with the start of every connection: ${each.join(', ')} (${first?.why}). A pooler dropped or changed them: run ${remedy(deviating)}, or connect to Postgres itself.`;
}

/** The statements that make the settings right for a role that a pooler connects as. */
function remedy(deviating: readonly Deviation[]): string {
  return deviating
    .map(({ name, required }) => {
      const values = name === 'search_path' ? required : `'${required}'`;
      return `ALTER ROLE ... SET ${name} = ${values}`;
    })
    .join('; ');
}

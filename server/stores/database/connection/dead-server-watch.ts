import type { Socket } from 'node:net';
import { endAtOnce } from './end-at-once.ts';
import { countRequests, MessageHeaderReader } from './protocol-messages.ts';

/** Milliseconds of silence after which a server counts as gone: `statement_timeout` would have ended any statement. */
const SILENT_MS = 7_000;
/** Milliseconds for which a connection that has just sent a statement is not suspected because of another one. */
const JUST_SENT_MS = 1_000;
/**
 * The server says in an ErrorResponse that it writes nothing (25006), or that the session ends. The server that accepts
 * over after a failover is reached only by a new connection.
 * @see https://www.postgresql.org/docs/current/protocol-error-fields.html
 */
const READ_ONLY = /(?:^|\0)C25006\0/;
const SESSION_ENDED = /(?:^|\0)V(?:FATAL|PANIC)\0/;

/** The server does not respond. */
class SilentServer extends Error {
  override readonly name = 'SilentServer';
  readonly code = 'CONNECTION_SILENT';
}

/**
 * A server that cannot serve a connection any more, in its own words. Postgres sends an ErrorResponse and the
 * ReadyForQuery after it separately, and postgres.js rejects a statement only at the second: without this error, it
 * would say that the connection was closed, and nothing about why.
 */
class ServerGone extends Error {
  override readonly name = 'ServerGone';
  /** SQLSTATE. */
  readonly code: string;

  /** @param fields of an ErrorResponse, as latin1 */
  constructor(fields: string) {
    const field = (type: string) =>
      fields
        .split('\0')
        .find((text) => text.startsWith(type))
        ?.slice(1) ?? '';
    super(Buffer.from(field('M'), 'latin1').toString());
    this.code = field('C');
  }
}

/** Callbacks for the reasons why a connection ends. */
interface WatchCallbacks {
  readonly onReadOnly: () => void;
  /** Null if statements have no time limit: then a silent server may be working. */
  readonly onSilent: (() => void) | null;
  /** The other connections to the same database. */
  readonly others: Set<WatchedConnection>;
}

/**
 * Ends a connection as soon as its server cannot serve it any more: at once if the server says so, and after seven
 * seconds if a response is pending and nothing arrives, since TCP itself waits for a quarter of an hour.
 */
export class WatchedConnection {
  readonly #socket: Socket;
  readonly #callbacks: WatchCallbacks;
  /** Responses that the server has not sent yet. */
  #pendingReplies = 0;
  #sentAt = 0;
  #receivedAt = performance.now();
  #timer: NodeJS.Timeout | null = null;

  /** @param socket whose session is ready */
  constructor(socket: Socket, callbacks: WatchCallbacks) {
    this.#socket = socket;
    this.#callbacks = callbacks;
    const replies = new MessageHeaderReader({
      ready: () => {
        this.#pendingReplies = Math.max(0, this.#pendingReplies - 1);
      },
      error: (fields) => this.#takeError(fields),
    });
    endAtOnce(socket, (bytes) => {
      this.#receivedAt = performance.now();
      replies.read(bytes);
    });
    if (!callbacks.onSilent) return;
    this.#countStatements();
    callbacks.others.add(this);
    socket.once('close', () => {
      callbacks.others.delete(this);
      if (this.#timer) clearTimeout(this.#timer);
    });
  }

  #takeError(fields: string): void {
    if (READ_ONLY.test(fields)) this.#callbacks.onReadOnly();
    else if (!SESSION_ENDED.test(fields)) return;
    this.#socket.destroy(new ServerGone(fields));
  }

  #countStatements(): void {
    const write = this.#socket.write.bind(this.#socket) as (...all: unknown[]) => boolean;
    this.#socket.write = (...args: unknown[]) => {
      if (this.#pendingReplies === 0) this.#sentAt = performance.now();
      this.#pendingReplies += countRequests(args[0] as Buffer);
      if (this.#pendingReplies > 0) this.#checkIn(SILENT_MS);
      return write(...args);
    };
  }

  #checkIn(ms: number): void {
    this.#timer ??= setTimeout(() => this.#check(), ms).unref();
  }

  #check(): void {
    this.#timer = null;
    if (this.#pendingReplies === 0) return;
    const left = Math.max(this.#receivedAt, this.#sentAt) + SILENT_MS - performance.now();
    if (left > 0) {
      this.#checkIn(left);
      return;
    }
    this.#end();
    this.#callbacks.onSilent?.();
    // Each of them would take seven seconds more to find out.
    for (const other of this.#callbacks.others) other.#endIfSuspect();
  }

  /** Ends this connection too if nothing has arrived for as long. The pool opens an idle one again when it needs it. */
  #endIfSuspect(): void {
    const now = performance.now();
    const hasJustSent = this.#pendingReplies > 0 && now - this.#sentAt < JUST_SENT_MS;
    if (now - this.#receivedAt >= SILENT_MS && !hasJustSent) this.#end();
  }

  #end(): void {
    this.#socket.destroy(new SilentServer('the database does not answer'));
  }
}

import type { Socket } from 'node:net';
import { countRequests, MessageSkimmer } from './protocol-messages.ts';

/** A server that has been silent for so long is gone, in milliseconds: `statement_timeout` would have answered. */
const SILENT_MS = 7_000;
/** A server that was asked so recently is not suspected because of another connection, in milliseconds. */
const JUST_ASKED_MS = 1_000;
/**
 * The server says in an ErrorResponse that it writes nothing (25006), or that the session ends. The server that takes
 * over after a failover is reached by a new connection alone.
 * @see https://www.postgresql.org/docs/current/protocol-error-fields.html
 */
const READ_ONLY = /(?:^|\0)C25006\0/;
const OVER = /(?:^|\0)V(?:FATAL|PANIC)\0/;

/** A server that does not answer what it was asked. */
class SilentServer extends Error {
  override readonly name = 'SilentServer';
  readonly code = 'CONNECTION_SILENT';
}

/** Callbacks for the reasons why a connection ends. */
interface Watcher {
  readonly readOnly: () => void;
  /** Null where statements have no time limit: then a silent server may be at work. */
  readonly silent: (() => void) | null;
  /** The other connections to the same database. */
  readonly others: Set<WatchedConnection>;
}

/**
 * Ends a connection as soon as its server cannot serve it any more: at once where the server says so, and after seven
 * seconds where it owes an answer and says nothing, since TCP itself waits for a quarter of an hour.
 */
export class WatchedConnection {
  readonly #socket: Socket;
  readonly #watcher: Watcher;
  /** Answers that the server owes. */
  #owed = 0;
  #askedAt = 0;
  #heardAt = performance.now();
  #timer: NodeJS.Timeout | null = null;

  /** @param socket whose session is ready */
  constructor(socket: Socket, watcher: Watcher) {
    this.#socket = socket;
    this.#watcher = watcher;
    const answers = new MessageSkimmer({
      ready: () => {
        this.#owed = Math.max(0, this.#owed - 1);
      },
      error: (fields) => this.#takeError(fields),
    });
    // Before the driver, which may ask the next question as soon as it has read the answer.
    socket.prependListener('data', (bytes: Buffer) => {
      this.#heardAt = performance.now();
      answers.read(bytes);
    });
    if (!watcher.silent) return;
    this.#watchQuestions();
    watcher.others.add(this);
    socket.once('close', () => {
      watcher.others.delete(this);
      if (this.#timer) clearTimeout(this.#timer);
    });
  }

  #takeError(fields: string): void {
    if (READ_ONLY.test(fields)) this.#watcher.readOnly();
    else if (!OVER.test(fields)) return;
    this.#socket.destroy();
  }

  #watchQuestions(): void {
    const write = this.#socket.write.bind(this.#socket) as (...all: unknown[]) => boolean;
    this.#socket.write = (...args: unknown[]) => {
      if (this.#owed === 0) this.#askedAt = performance.now();
      this.#owed += countRequests(args[0] as Buffer);
      if (this.#owed > 0) this.#lookIn(SILENT_MS);
      return write(...args);
    };
  }

  #lookIn(ms: number): void {
    this.#timer ??= setTimeout(() => this.#look(), ms).unref();
  }

  #look(): void {
    this.#timer = null;
    if (this.#owed === 0) return;
    const left = Math.max(this.#heardAt, this.#askedAt) + SILENT_MS - performance.now();
    if (left > 0) {
      this.#lookIn(left);
      return;
    }
    this.#end();
    this.#watcher.silent?.();
    // Each of them would take seven seconds more to find out.
    for (const other of this.#watcher.others) other.#endIfSuspect();
  }

  /** Ends it if it has heard nothing for as long. One that owes nothing is opened again when it is needed. */
  #endIfSuspect(): void {
    const now = performance.now();
    const justAsked = this.#owed > 0 && now - this.#askedAt < JUST_ASKED_MS;
    if (now - this.#heardAt >= SILENT_MS && !justAsked) this.#end();
  }

  #end(): void {
    this.#socket.destroy(new SilentServer('the database does not answer'));
  }
}

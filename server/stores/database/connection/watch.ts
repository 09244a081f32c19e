import type { Socket } from 'node:net';
import { countRequests, MessageSkimmer } from './messages.ts';

/** A server that has been silent for so long is gone, in milliseconds: `statement_timeout` would have answered. */
const SILENT_MS = 7_000;
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

/** Who is told of the end of a connection. */
interface Watcher {
  readonly readOnly: () => void;
  /** Null where statements have no time limit: then a silent server may be at work. */
  readonly silent: (() => void) | null;
}

/**
 * Ends a connection as soon as its server cannot serve it any more: at once where the server says so, and after seven
 * seconds where it owes an answer and says nothing, since TCP itself waits for a quarter of an hour.
 * @param socket whose session is ready
 */
export function watchConnection(socket: Socket, { readOnly, silent }: Watcher): void {
  let owed = 0;
  let heardAt = 0;
  let timer: NodeJS.Timeout | null = null;
  const look = () => {
    timer = null;
    if (owed === 0) return;
    const left = heardAt + SILENT_MS - performance.now();
    if (left > 0) return wait(left);
    socket.destroy(new SilentServer('the database does not answer'));
    silent?.();
  };
  const wait = (ms: number) => {
    timer ??= setTimeout(look, ms).unref();
  };
  const answers = new MessageSkimmer({
    ready: () => {
      owed = Math.max(0, owed - 1);
    },
    error: (fields) => {
      if (READ_ONLY.test(fields)) readOnly();
      else if (!OVER.test(fields)) return;
      socket.destroy();
    },
  });
  // Before the driver, which may ask the next question as soon as it has read the answer.
  socket.prependListener('data', (bytes: Buffer) => {
    heardAt = performance.now();
    answers.read(bytes);
  });
  socket.once('close', () => timer && clearTimeout(timer));
  if (!silent) return;
  const write = socket.write.bind(socket);
  socket.write = (...args: unknown[]) => {
    if (owed === 0) heardAt = performance.now();
    owed += countRequests(args[0] as Buffer);
    if (owed > 0) wait(SILENT_MS);
    return (write as (...all: unknown[]) => boolean)(...args);
  };
}

import type { Socket } from 'node:net';
import { isLostConnection } from '../connection-errors.ts';
import { ConnectionClosed } from './dial.ts';

type Emit = Socket['emit'];

/**
 * Reports a connection's end to postgres.js in one step, `error` and then `close`. Node emits `error`, runs other callbacks,
 * and emits `close` only then. Until `close`, postgres.js sends statements on the connection. It never rejects them: it treats
 * them as the first ones of the next connection, so that each later statement gets the response to another. For the same reason
 * it does not see the bytes that led to the end: it would keep an error for the next connection.
 *
 * Every error is one of a lost connection, whatever its code: after it, nothing may be sent.
 * @param read is given the server's bytes before postgres.js, which may send the next statement as soon as it has them
 */
export function endAtOnce(socket: Socket, read: (bytes: Buffer) => void): void {
  const pass: Emit = socket.emit.bind(socket);
  let failure: Error | null = null;
  const end = (hadError: unknown): boolean => {
    // Without a listener it would end the process; the driver removes its own when it abandons a connection.
    if (failure && socket.listenerCount('error') > 0) pass('error', asLost(failure));
    return pass('close', hadError);
  };
  const emit: Emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event === 'close') return end(args[0]);
    if (event === 'error') {
      failure ??= args[0] as Error;
      return true;
    }
    if (event === 'data') read(args[0] as Buffer);
    return event === 'data' && socket.destroyed ? true : pass(event, ...args);
  };
  Object.assign(socket, { emit });
}

const asLost = (error: Error): Error =>
  isLostConnection(error) ? error : new ConnectionClosed(error.message, { cause: error });

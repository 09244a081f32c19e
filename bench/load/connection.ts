import { connect } from 'node:net';
import { readAnswers } from './answers.ts';

/** Whether the body of a response is the expected one. */
export type IsRight = (body: string) => boolean;

/** A keep-alive connection that carries one call at a time. */
export interface Connection {
  /** Sends the bytes of a request. Rejects if the response is not a 200 with the right body. */
  call(request: string, isRight: IsRight): Promise<void>;
  close(): void;
}

interface Waiting {
  readonly isRight: IsRight;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.setEncoding('latin1');
  let waiting: Waiting | null = null;
  const fail = (error: Error) => {
    waiting?.reject(error);
    waiting = null;
  };
  const read = readAnswers(({ status, body }) => {
    const asked = waiting;
    waiting = null;
    if (status === 200 && asked?.isRight(body)) asked.resolve();
    else asked?.reject(new Error(`answered ${status}: ${body.slice(0, 300)}`));
  });
  socket.on('data', (text) => read(String(text)));
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the connection was closed before the answer')));
  const call = (request: string, isRight: IsRight) =>
    new Promise<void>((resolve, reject) => {
      waiting = { isRight, resolve, reject };
      socket.write(request, 'latin1');
    });
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve({ call, close: () => void socket.destroy() }));
    socket.once('error', reject);
  });
}

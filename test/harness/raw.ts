import { connect, type Socket } from 'node:net';

/** A connection for raw bytes. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything that has arrived so far. */
  readonly text: () => string;
  /** Resolves once so much has arrived that `done` holds, or the other end has closed. */
  until(done: (text: string) => boolean): Promise<string>;
  /** Resolves when the other end has closed. */
  readonly closed: Promise<void>;
}

/** @param from the address of the loopback network that it comes from, such as 127.0.0.2 */
export async function rawConnection(port: number, from?: string): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1', ...(from === undefined ? {} : { localAddress: from }) });
  socket.on('error', () => {});
  let text = '';
  const waiting = new Set<() => void>();
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (const look of waiting) look();
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const until = (done: (text: string) => boolean) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (!done(text)) return;
        waiting.delete(look);
        resolve(text);
      };
      waiting.add(look);
      void closed.then(() => resolve(text));
      look();
    });
  return { socket, text: () => text, until, closed };
}

/** Sends bytes as they are and returns the status and reason of the answer: `400 REQUEST_MALFORMED`. */
export async function answerTo(port: number, bytes: string | Buffer): Promise<string> {
  const connection = await rawConnection(port);
  connection.socket.write(bytes);
  const text = await connection.until(isWhole);
  connection.socket.destroy();
  return outcomeOf(text);
}

/** Whether an answer is there with its whole body. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(text)?.[1];
  return end >= 0 && (length === undefined || text.length >= end + 4 + Number(length));
}

export function outcomeOf(text: string): string {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'no answer';
  const reason = /"reason":"([A-Z_]+)"/.exec(text)?.[1];
  return reason ? `${status} ${reason}` : status;
}

import { connect } from 'node:net';

/** A response from the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly body: string;
}

/** A proxy that waits for more of a malformed request would do so for longer. */
export const PATIENCE_MS = 1_000;

/**
 * Sends bytes over a new connection, and reads the first response.
 * @param half whether to close the sending side after them
 * @param patienceMs of silence
 * @returns null if the other end closes, or stays silent, without a whole response
 */
export function exchange(
  port: number,
  bytes: Buffer,
  half: boolean,
  patienceMs: number,
): Promise<WireAnswer | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const chunks: Buffer[] = [];
    const finish = (ended: boolean) => {
      const answer = answerIn(Buffer.concat(chunks), ended);
      if (!answer && !ended) return;
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(patienceMs, () => finish(true));
    socket.on('connect', () => (half ? socket.end(bytes) : socket.write(bytes)));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      finish(false);
    });
    socket.on('end', () => finish(true));
    // Closed by a reset: what came before it counts.
    socket.on('error', () => finish(true));
    socket.on('close', () => finish(true));
  });
}

/** The first final response, once it is whole. @param ended whether nothing more comes */
function answerIn(bytes: Buffer, ended: boolean): WireAnswer | null {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end);
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
  if (status < 200) return answerIn(bytes.subarray(end + 4), ended);
  const body = bodyOf(head, bytes.subarray(end + 4), ended);
  return body === null ? null : { status, body: body.toString('utf8') };
}

function bodyOf(head: string, rest: Buffer, ended: boolean): Buffer | null {
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined) {
    if (rest.length < Number(length) && !ended) return null;
    return rest.subarray(0, Number(length));
  }
  if (/^transfer-encoding: *chunked/im.test(head)) return unchunked(rest, ended);
  return ended ? rest : null;
}

function unchunked(rest: Buffer, ended: boolean): Buffer | null {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at);
    if (line < 0) break;
    const size = Number.parseInt(rest.toString('latin1', at, line), 16);
    if (size === 0) return Buffer.concat(chunks);
    if (rest.length < line + 2 + size) break;
    chunks.push(rest.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
  return ended ? Buffer.concat(chunks) : null;
}

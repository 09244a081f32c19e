import { connectHttp2 } from '../http2.ts';
import type { WireAnswer } from './exchange.ts';

export type Field = readonly [name: string, value: string];

/** An HTTP/2 request in parts, each of which can be wrong. */
export interface Http2Request {
  /** Pseudo-headers and headers, as they are written. */
  readonly fields: readonly Field[];
  readonly body: Buffer;
  readonly trailers: readonly Field[];
}

// RFC 9113 sections 6 and 4.1.
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const GOAWAY = 7;
const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const HEAD_BYTES = 9;
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Literal fields without indexing and without Huffman codes (RFC 7541 section 6.2.2): any bytes can be written. */
const blockOf = (fields: readonly Field[]): Buffer =>
  Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]));

/** The length as an integer with a prefix of 7 bits (RFC 7541 section 5.1), and the string. */
function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

function bytesOf({ fields, body, trailers }: Http2Request): Buffer {
  const flags = (isLast: boolean) => END_HEADERS | (isLast ? END_STREAM : 0);
  const hasTrailers = trailers.length > 0;
  const frames = [frame(HEADERS, flags(body.length === 0 && !hasTrailers), 1, blockOf(fields))];
  if (body.length > 0) frames.push(frame(DATA, hasTrailers ? 0 : END_STREAM, 1, body));
  if (hasTrailers) frames.push(frame(HEADERS, flags(true), 1, blockOf(trailers)));
  return Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), ...frames]);
}

/** Statuses that have an index (RFC 7541 appendix A); NaN for others, which the proxies write with Huffman codes. */
function statusIn(block: Buffer): number {
  const field = block.find((byte) => (byte & 0xe0) !== 0x20) ?? 0;
  return [200, 204, 206, 304, 400, 404, 500][field - 0x88] ?? Number.NaN;
}

/**
 * Sends a request over a new connection, and reads its response.
 * @param ca the certificate of the CA, PEM
 * @param patienceMs of silence
 * @returns null if the stream or the connection ends, or stays silent, without a whole response
 */
export async function exchangeHttp2(
  port: number,
  ca: string,
  request: Http2Request,
  patienceMs: number,
): Promise<WireAnswer | null> {
  const socket = await connectHttp2(port, ca);
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    const body: Buffer[] = [];
    let status = Number.NaN;
    const finish = (isWhole: boolean) => {
      socket.destroy();
      resolve(isWhole ? { status, body: Buffer.concat(body).toString('utf8') } : null);
    };
    const read = (type: number, flags: number, stream: number, payload: Buffer) => {
      if (type === SETTINGS && !(flags & ACK)) socket.write(frame(SETTINGS, ACK, 0));
      if (type === GOAWAY || (type === RST_STREAM && stream === 1)) return finish(false);
      if (stream !== 1) return;
      if (type === DATA) body.push(payload);
      if (type === HEADERS) status = statusIn(payload);
      if ((type === DATA || type === HEADERS) && flags & END_STREAM) finish(true);
    };
    socket.setTimeout(patienceMs, () => finish(false));
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (!socket.destroyed && bytes.length >= HEAD_BYTES) {
        const end = HEAD_BYTES + bytes.readUIntBE(0, 3);
        if (bytes.length < end) return;
        const payload = bytes.subarray(HEAD_BYTES, end);
        read(bytes.readUInt8(3), bytes.readUInt8(4), bytes.readUInt32BE(5) & 0x7fffffff, payload);
        bytes = bytes.subarray(end);
      }
    });
    for (const event of ['end', 'error', 'close']) socket.on(event, () => finish(false));
    socket.write(bytesOf(request));
  });
}

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type FormRule, formFault } from '../../../shared/form-rules.ts';
import { type Refusal, refusalOfFault, shapeOf } from '../../lib/refusal.ts';
import { baseHeaders, sentRefusalHeaders } from '../response/response.ts';
import { newRequestId } from './api-request.ts';

/** An error of Node's HTTP parser. */
export interface ParseError extends Error {
  readonly code?: string;
  /** llhttp's own message. */
  readonly reason?: string;
  /** The last bytes that the parser received. */
  readonly rawPacket?: Buffer;
}

/** llhttp and Node error codes, each with the broken rule and the part of the request that breaks it. */
const RULES: Readonly<Record<string, readonly [FormRule, string]>> = {
  HPE_INVALID_METHOD: ['method-unknown', 'method'],
  HPE_INVALID_URL: ['target-characters', 'target'],
  HPE_INVALID_VERSION: ['http-version', 'version'],
  HPE_INVALID_CONSTANT: ['http-version', 'version'],
  HPE_INVALID_HEADER_TOKEN: ['header-syntax', 'headers'],
  HPE_UNEXPECTED_SPACE: ['header-syntax', 'headers'],
  HPE_INVALID_CONTENT_LENGTH: ['content-length-form', 'headers.content-length'],
  HPE_UNEXPECTED_CONTENT_LENGTH: ['content-length-repeated', 'headers.content-length'],
  HPE_INVALID_TRANSFER_ENCODING: ['transfer-encoding-form', 'headers.transfer-encoding'],
  HPE_INVALID_CHUNK_SIZE: ['chunk-form', 'body'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['chunk-extensions', 'body'],
  HPE_INVALID_EOF_STATE: ['body-incomplete', 'body'],
  HPE_CR_EXPECTED: ['line-ending', ''],
  HPE_LF_EXPECTED: ['line-ending', ''],
  HPE_STRICT: ['line-ending', ''],
  HPE_CLOSED_CONNECTION: ['after-close', ''],
  HPE_PAUSED_H2_UPGRADE: ['http2-preface', 'version'],
};

/** Other protocols that clients may speak to this port, by their first bytes. */
const OTHER_PROTOCOLS: readonly (readonly [FormRule, RegExp])[] = [
  // A TLS record of the type handshake (RFC 8446 §5.1).
  ['tls-to-plain-port', /^\x16\x03/],
  ['proxy-protocol', /^(?:PROXY |\r\n\r\n\0\r\nQUIT\n)/],
  ['http2-preface', /^PRI \* HTTP\/2/],
];

/** Maps an error of the parser to a refusal, which never repeats the input. */
export function parseRefusal({ code = '', reason = '', rawPacket }: ParseError): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return refusalOfFault(formFault('headers-late', 'headers', 'REQUEST_TIMEOUT'));
  if (code === 'HPE_HEADER_OVERFLOW')
    return refusalOfFault(formFault('headers-size', 'headers', 'HEADERS_TOO_LARGE'));
  // The parser has one code for both orders of the two headers.
  if (reason.includes("can't be present with"))
    return refusalOfFault(formFault('transfer-encoding-and-length', 'headers.transfer-encoding'));
  const first = rawPacket?.toString('latin1', 0, 32) ?? '';
  const other = OTHER_PROTOCOLS.find(([, form]) => form.test(first));
  const [rule, path] = other ? [other[0], ''] : (RULES[code] ?? ['http-syntax', '']);
  return refusalOfFault(formFault(rule as FormRule, path));
}

/** The refusal of CONNECT, which requests a tunnel to another host (RFC 9110 §9.3.6). */
export const tunnelRefusal = (): Refusal =>
  refusalOfFault(
    formFault(
      'method-not-taken',
      'method',
      'METHOD_NOT_SUPPORTED',
      'must not be CONNECT: this is not a proxy',
    ),
  );

/**
 * Responds with a refusal on a connection on which Node hands over no request to respond to, and ends it.
 * @param responding whether a response is under way on this connection: then no other can be written
 * @param origin the service's first public origin
 * @returns the request id that was sent; null if nothing was
 */
export function sendToConnection(
  refusal: Refusal,
  socket: Duplex,
  responding: boolean,
  origin: string,
): string | null {
  if (!socket.writable || responding) {
    socket.destroy();
    return null;
  }
  const requestId = newRequestId();
  const body = JSON.stringify({ error: shapeOf(refusal, undefined, requestId, origin) });
  const headers = {
    ...baseHeaders(requestId),
    'content-type': 'application/json',
    ...sentRefusalHeaders(refusal),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('')}\r\n${body}`);
  (socket as Socket).destroySoon();
  return requestId;
}

import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Reason } from '../../shared/refusals.ts';
import { Refusal, shapeOf } from '../lib/refusal.ts';
import { newRequestId } from './api-request.ts';
import { baseHeaders } from './response.ts';

/** Refusals by the code of Node's HTTP parser; any other parse error is a malformed request. */
const REASONS: Readonly<Record<string, Reason>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
};

/**
 * Answers bytes that are no request with a refusal of the table, and ends the connection.
 * @param answering whether a response is under way on this connection: then no other can be written
 * @param origin the service's first public origin
 * @returns the reason that was sent; null if none was
 */
export function sendParseError(
  error: Error & { code?: string },
  socket: Duplex,
  answering: boolean,
  origin: string,
): Reason | null {
  if (!socket.writable || answering) {
    socket.destroy();
    return null;
  }
  const refusal = new Refusal(REASONS[error.code ?? ''] ?? 'REQUEST_MALFORMED');
  const requestId = newRequestId();
  const body = JSON.stringify({ error: shapeOf(refusal, undefined, requestId, origin) });
  const headers = {
    ...baseHeaders(requestId),
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('')}\r\n${body}`);
  return refusal.reason;
}

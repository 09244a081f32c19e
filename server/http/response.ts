import type { IncomingMessage, ServerResponse } from 'node:http';
import { refusalHeaders as headersOf } from '../../shared/refusal-form.ts';
import { type Refusal, shapeOf } from '../lib/refusal.ts';

/** Time for a client to read an answer while it still sends what nobody wants any more. */
const LINGER_MS = 1_000;

/** Headers by their lowercase names. */
export type Fields = Readonly<Record<string, string | string[]>>;

export const JSON_TYPE: Fields = { 'content-type': 'application/json' };

/** The headers that every answer under `/api` carries. */
export function baseHeaders(requestId: string): Record<string, string> {
  return { 'x-request-id': requestId, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
}

/** The headers that a refusal adds under `/api`. */
export function sentRefusalHeaders({ status, details }: Refusal): Record<string, string> {
  return { ...(status === 405 ? { allow: 'GET, POST' } : {}), ...headersOf(status, details.retryAfter) };
}

/**
 * Writes an answer at once, or breaks off one that has begun.
 * @param headers no name stands in two of them
 */
export function send(
  response: ServerResponse,
  status: number,
  headers: readonly Fields[],
  body: string | Buffer,
): void {
  // What broke after the answer began can only be broken off.
  if (response.headersSent) return void response.destroy();
  if (response.destroyed) return;
  // RFC 9110 §8.6: where nothing has changed it would be the length of what is not sent.
  const length = status === 304 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, lineUp([...headers, length]));
  response.end(body);
}

/** Name, value, name, value …: Node takes such a list as it is. */
function lineUp(headers: readonly Fields[]): (string | string[])[] {
  const lines: (string | string[])[] = [];
  for (const fields of headers) {
    for (const name in fields) lines.push(name, fields[name] as string | string[]);
  }
  return lines;
}

/** What the answer to a refused request says beside the refusal. */
interface ErrorContext {
  /** The procedures that the request names; none where it names none that can be read. */
  readonly path?: string | undefined;
  readonly requestId: string;
  /** The service's first public origin. */
  readonly origin: string;
  /** More headers, which win over those that every refusal has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a refusal; a body that is still on its way is not waited for. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  { path, requestId, origin, headers: more = {} }: ErrorContext,
): void {
  const unread = !request.complete && (request.method === 'POST' || request.headers['transfer-encoding']);
  const headers = {
    ...baseHeaders(requestId),
    'content-type': 'application/json',
    ...sentRefusalHeaders(refusal),
    ...more,
    ...(unread ? { connection: 'close' } : {}),
  };
  const error = shapeOf(refusal, path, requestId, origin);
  send(response, refusal.status, [headers], JSON.stringify({ error }));
  if (unread) request.resume();
}

/** Ends the connection of a request that was answered, if the rest of its body does not arrive soon. */
export function endUnread(request: IncomingMessage): void {
  if (request.complete) return;
  request.resume();
  const { socket } = request;
  const ending = setTimeout(() => request.complete || socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(ending));
}

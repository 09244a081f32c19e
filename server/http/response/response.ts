import type { IncomingMessage, ServerResponse } from 'node:http';
import { acceptSignature, contentsIn } from '../../../shared/http-signature/coverage.ts';
import { refusalHeaders as headersOf } from '../../../shared/refusal-form.ts';
import { headerValues } from '../../../shared/request-rules.ts';
import { batchCalls } from '../../lib/concurrency/batch-calls.ts';
import { type Refusal, shapeOf } from '../../lib/refusal.ts';
import { hasBody } from '../request/body.ts';

/** Headers by their lowercase names. */
export type Fields = Readonly<Record<string, string | string[]>>;

export const JSON_TYPE = { 'content-type': 'application/json' } as const satisfies Fields;

/** The headers of every response under `/api`. */
export function baseHeaders(requestId: string): Record<string, string> {
  return { 'x-request-id': requestId, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
}

/** The headers that a refusal adds under `/api`. */
export function sentRefusalHeaders({ status, details }: Refusal): Record<string, string> {
  return { ...(status === 405 ? { allow: 'GET, POST' } : {}), ...headersOf(status, details.retryAfter) };
}

/**
 * Writes a whole response, or aborts one that has begun.
 * @param headers no name occurs in two of them
 * @param end ends the response with its body: at once, or with those of other requests (`endTogether`)
 */
export function send(
  response: ServerResponse,
  status: number,
  headers: readonly Fields[],
  body: string | Buffer,
  end = endNow,
): void {
  // Once a response has begun, an error can only abort it.
  if (response.headersSent) return void response.destroy();
  if (response.destroyed) return;
  // RFC 9110 §8.6: with 304, `content-length` would be the length of the representation that is not sent.
  const length = status === 304 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, flattenHeaders([...headers, length]));
  end({ response, body });
}

/** A response whose headers are set, and its body. */
interface HeadedResponse {
  readonly response: ServerResponse;
  readonly body: string | Buffer;
}

const endNow = ({ response, body }: HeadedResponse): void => void (response.destroyed || response.end(body));

/**
 * Ends responses once all requests that were read together have run as far as they can: the first write wakes the reader, and
 * costs several times as much as those that follow at once.
 */
export const endTogether = batchCalls(process.nextTick, endNow);

/** Name, value, name, value …: Node writes such a list unchanged. */
function flattenHeaders(headers: readonly Fields[]): (string | string[])[] {
  const lines: (string | string[])[] = [];
  for (const fields of headers) {
    for (const name in fields) lines.push(name, fields[name] as string | string[]);
  }
  return lines;
}

/** What a refused request's response contains in addition to the refusal. */
interface ErrorContext {
  /** The procedures that the request names; empty if they cannot be parsed. */
  readonly path?: string | undefined;
  readonly requestId: string;
  /** The service's first public origin. */
  readonly origin: string;
  /** More headers, which override those of every refusal. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Signs the response, if its request requires that. */
  readonly sign?: (response: WholeResponse) => Fields;
}

/** A response before it is sent. */
export interface WholeResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
}

/** Responds with a refusal, without waiting for a body that is still arriving: `LingeringClose` discards it. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  { path, requestId, origin, headers: more = {}, sign = () => ({}) }: ErrorContext,
): void {
  const unread = !request.complete && hasBody(request);
  const headers = {
    ...baseHeaders(requestId),
    ...JSON_TYPE,
    ...sentRefusalHeaders(refusal),
    ...(refusal.status === 401
      ? { 'accept-signature': acceptSignature(contentsIn(headerValues(request.rawHeaders))) }
      : {}),
    ...more,
    ...(unread ? { connection: 'close' } : {}),
  };
  const { status } = refusal;
  const body = JSON.stringify({ error: shapeOf(refusal, path, requestId, origin) });
  send(response, status, [headers, sign({ status, contentType: JSON_TYPE['content-type'], body })], body);
}

import type { REFUSALS, Reason } from './refusals.ts';

/** tRPC's name for each HTTP status of a refusal; if it has none, the closest, and `httpStatus` is exact. */
export const TRPC_CODES = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  408: 'TIMEOUT',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  421: 'BAD_REQUEST',
  429: 'TOO_MANY_REQUESTS',
  431: 'BAD_REQUEST',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<(typeof REFUSALS)[Reason]['status'], string>;

/** The headers that a refusal adds: a challenge with every 401 (RFC 9110 §11.6.1), `retry-after` if it is known. */
export function refusalHeaders(status: number, retryAfter: number | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  if (status === 401) headers['www-authenticate'] = 'Bearer realm="keyseal"';
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
  return headers;
}

/** Every service's page of procedures, and its page of refusals. */
export const API_PAGE = '/docs/api';
export const REFUSALS_PAGE = '/docs/refusals';

/** The URL of a reason in the docs. @param origin the service's first public origin */
export function docsOf(reason: Reason, origin: string): string {
  return `${origin}${REFUSALS_PAGE}#${reason}`;
}

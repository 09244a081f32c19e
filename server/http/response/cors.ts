import type { IncomingMessage } from 'node:http';

export const ALLOWED =
  'authorization, content-type, x-signature, signature, signature-input, accept-signature, content-digest, x-user-token, trpc-accept';
export const EXPOSED =
  'x-request-id, retry-after, ratelimit, ratelimit-policy, accept-signature, content-digest, signature, signature-input, x-keyseal-receipt';
/** Seconds for which a browser caches the response to a preflight (`access-control-max-age`). */
const MAX_AGE = '7200';

/** Lets exactly the origins of `KEYSEAL_CORS_ORIGINS` read responses, without cookies. */
export function corsHeaders(request: IncomingMessage, origins: readonly string[]): Record<string, string> {
  if (origins.length === 0) return {};
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return { vary: 'origin' };
  return { vary: 'origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED };
}

/** The response to a preflight of an allowed origin; null for any other request. */
export function preflight(
  request: IncomingMessage,
  origins: readonly string[],
): Record<string, string> | null {
  const headers = corsHeaders(request, origins);
  const isPreflight =
    request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  if (!isPreflight || headers['access-control-allow-origin'] === undefined) return null;
  return {
    ...headers,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': ALLOWED,
    'access-control-max-age': MAX_AGE,
  };
}

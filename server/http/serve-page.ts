import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reason } from '../../shared/refusals.ts';
import { Refusal } from '../lib/refusal.ts';
import { newRequestId } from './api-request.ts';
import { hasBody } from './body.ts';
import { consolePage, isConsole } from './console.ts';
import { type HttpPage, PAGES, type PageHandler } from './pages.ts';
import { send, sendError } from './response.ts';
import type { ServerContext } from './server-context.ts';

/**
 * Serves the pages beside `/api`: open to anyone, under any authority.
 * @param origin the service's first public origin
 */
export async function servePage(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  serving: ServerContext | null,
  origin: string,
): Promise<void> {
  const page = path === '/metrics' && serving?.tellsMetrics === false ? undefined : pageAt(path);
  const refused = (reason: Reason, more = {}) =>
    sendError(request, response, new Refusal(reason), { requestId: newRequestId(), origin, headers: more });
  if (!page) return refused('PROCEDURE_NOT_FOUND');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refused('METHOD_NOT_SUPPORTED', { allow: 'GET' });
  }
  // RFC 9110 §9.3.1: a body has no meaning here, and no page reads it.
  if (hasBody(request)) return refused('REQUEST_MALFORMED', { connection: 'close' });
  const made = await pageOrNull(page, serving, request);
  if (!made) return refused('INTERNAL');
  const { status, body, headers } = made;
  const shared = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  send(response, status, [{ ...shared, ...headers }], body);
}

/** The handler of a path beside `/api`: a page, or the console. */
function pageAt(path: string): PageHandler | undefined {
  if (Object.hasOwn(PAGES, path)) return PAGES[path];
  return isConsole(path) ? consolePage : undefined;
}

/** The response of a page; null if it cannot be made, which is logged. */
async function pageOrNull(
  page: PageHandler,
  serving: ServerContext | null,
  request: IncomingMessage,
): Promise<HttpPage | null> {
  try {
    return await page(serving, request);
  } catch (err) {
    serving?.service.log.error({ err }, 'page failed');
    return null;
  }
}

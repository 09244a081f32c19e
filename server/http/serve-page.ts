import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reason } from '../../shared/refusals.ts';
import { Refusal } from '../lib/refusal.ts';
import { newRequestId } from './api-request.ts';
import { hasBody } from './body.ts';
import { consolePage, isConsole } from './console.ts';
import { type MakesPage, PAGES, type Page } from './pages.ts';
import { answer, refuse } from './response.ts';
import type { Serving } from './server-context.ts';

/**
 * What lies beside `/api`: open to anyone, on any authority.
 * @param origin the service's first public origin
 */
export async function servePage(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  serving: Serving | null,
  origin: string,
): Promise<void> {
  const page = path === '/metrics' && serving?.tellsMetrics === false ? undefined : pageAt(path);
  const refused = (reason: Reason, more = {}) =>
    refuse(request, response, new Refusal(reason), undefined, newRequestId(), origin, more);
  if (!page) return refused('PROCEDURE_NOT_FOUND');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refused('METHOD_NOT_SUPPORTED', { allow: 'GET' });
  }
  // RFC 9110 §9.3.1: a body here has no meaning, and nobody would read it.
  if (hasBody(request)) return refused('REQUEST_MALFORMED', { connection: 'close' });
  const made = await pageOrNull(page, serving, request);
  if (!made) return refused('INTERNAL');
  const { status, body, headers } = made;
  const shared = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  answer(response, status, [{ ...shared, ...headers }], body);
}

/** What answers a path beside `/api`: a page of its own, or the console. */
function pageAt(path: string): MakesPage | undefined {
  if (Object.hasOwn(PAGES, path)) return PAGES[path];
  return isConsole(path) ? consolePage : undefined;
}

/** A page as it is answered; null where it cannot be made, which the log is told. */
async function pageOrNull(
  page: MakesPage,
  serving: Serving | null,
  request: IncomingMessage,
): Promise<Page | null> {
  try {
    return await page(serving, request);
  } catch (err) {
    serving?.service.log.error({ err }, 'page failed');
    return null;
  }
}

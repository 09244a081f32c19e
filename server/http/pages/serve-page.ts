import type { IncomingMessage, ServerResponse } from 'node:http';
import { formFault } from '../../../shared/form-rules.ts';
import { Refusal, refusalOfFault } from '../../lib/refusal.ts';
import { newRequestId } from '../request/api-request.ts';
import { hasBody } from '../request/body.ts';
import { send, sendError } from '../response/response.ts';
import type { ServerContext } from '../server-context.ts';
import { CompressedBody } from './compressed-body.ts';
import { consolePage, isConsole, missingPage } from './console.ts';
import { type HttpPage, PAGES, type PageHandler } from './pages.ts';

const WRONG_METHOD = formFault('method-not-taken', 'method', 'METHOD_NOT_SUPPORTED', 'must be GET or HEAD');

/**
 * Serves the pages outside `/api`: open to anyone, under any authority.
 * @param origin the service's first public origin
 */
export async function servePage(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  serverContext: ServerContext | null,
  origin: string,
): Promise<void> {
  const page = path === '/metrics' && serverContext?.exposesMetrics === false ? undefined : findPage(path);
  const refuse = (refusal: Refusal, headers = {}) => {
    const requestId = newRequestId();
    if (refusal.status < 500) serverContext?.refusalLog.record(refusal, requestId);
    sendError(request, response, refusal, { requestId, origin, headers });
  };
  const missing = page || !isNavigation(request) ? null : await missingPage(serverContext);
  if (missing) return sendPage(request, response, missing);
  if (!page) return refuse(new Refusal('PROCEDURE_NOT_FOUND'));
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refuse(refusalOfFault(WRONG_METHOD), { allow: 'GET' });
  }
  // RFC 9110 §9.3.1: a body has no meaning here, and no page reads it.
  if (hasBody(request)) return refuse(refusalOfFault(formFault('body-on-page', 'body')));
  const made = await pageOrNull(page, serverContext, request);
  if (!made) return refuse(new Refusal('INTERNAL'));
  await sendPage(request, response, made);
}

async function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, headers }: HttpPage,
): Promise<void> {
  const shared = { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers };
  if (!(body instanceof CompressedBody)) return send(response, status, [shared], body);
  const selected = await body.representationFor(request.headers);
  // RFC 9110 §12.5.5: caches keep the codings apart.
  const vary = headers?.['vary'] === undefined ? 'accept-encoding' : `${headers['vary']}, accept-encoding`;
  send(response, selected.status, [{ ...shared, ...selected.headers, vary }], selected.body);
}

/** Whether a browser requests a page to show: other programs accept any type, or JSON. */
const isNavigation = (request: IncomingMessage): boolean =>
  request.method === 'GET' && !hasBody(request) && /\btext\/html\b/.test(request.headers.accept ?? '');

/** The handler of a path outside `/api`: a page, or the console. */
function findPage(path: string): PageHandler | undefined {
  if (Object.hasOwn(PAGES, path)) return PAGES[path];
  return isConsole(path) ? consolePage : undefined;
}

/** The response of a page; null if it cannot be made, which is logged. */
async function pageOrNull(
  page: PageHandler,
  serverContext: ServerContext | null,
  request: IncomingMessage,
): Promise<HttpPage | null> {
  try {
    return await page(serverContext, request);
  } catch (err) {
    serverContext?.service.log.error({ err }, 'page failed');
    return null;
  }
}

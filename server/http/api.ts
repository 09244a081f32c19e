import type { IncomingMessage, ServerResponse } from 'node:http';
import { rateLimitHeaders } from '../../shared/rate-limit-headers.ts';
import type { Caller } from '../gate/caller.ts';
import { Refusal } from '../refusal.ts';
import { type Context, originOf, refusalOf, type Service } from '../trpc.ts';
import { answer, baseHeaders, refusalHeaders, refuse } from './answer.ts';
import { type ApiRequest, type FrontLimits, newRequestId, readApiRequest } from './api-request.ts';
import { corsHeaders, preflight } from './cors.ts';
import { callAll, isPlainJson, statusOf } from './json.ts';
import { pipe, resolve, watch } from './stream.ts';

/** Serves `/api`: read once, admit once, call, answer. */
export async function serveApi(
  request: IncomingMessage,
  response: ServerResponse,
  service: Service,
  limits: FrontLimits,
  stopping: AbortSignal,
): Promise<void> {
  const id = newRequestId();
  const { corsOrigins } = service.config;
  const allowed = preflight(request, corsOrigins);
  if (allowed) return answer(response, 204, { ...baseHeaders(id), ...allowed }, '');
  const cors = corsHeaders(request, corsOrigins);
  let api: ApiRequest | undefined;
  try {
    api = readApiRequest(request, id, service.api, limits);
    // All alike, so that nobody learns which credentials there are.
    if (service.stores.vault.isBehind) throw new Refusal('UNAVAILABLE', {}, 'a newer master key is missing');
    const caller = api.calls.open ? null : await service.gate.admit(api, { session: api.calls.session });
    await api.body();
    await respond(api, response, contextOf(api, caller, service), cors, stopping);
  } catch (error) {
    const refusal = refusalOf(error);
    logFailure(service, refusal, id, api?.calls.path);
    refuse(request, response, refusal, api?.calls.path, id, originOf(service), cors);
  } finally {
    api?.release();
  }
}

async function respond(
  api: ApiRequest,
  response: ServerResponse,
  context: Context,
  cors: Record<string, string>,
  stopping: AbortSignal,
): Promise<void> {
  const left = new AbortController();
  const leave = () => left.abort();
  // An abort costs more than the MAC: only where somebody left.
  response.once('close', () => response.writableFinished || leave());
  const more: Record<string, string> = {};
  const failed = (refusal: Refusal, path: string) => {
    logFailure(context.service, refusal, api.id, path);
    Object.assign(more, refusalHeaders(refusal));
  };
  const headers = () => ({
    ...baseHeaders(api.id),
    ...cors,
    ...more,
    ...rateLimitHeaders(context.limits, context.service.stores.clock()),
    ...(context.cookies.length > 0 ? { 'set-cookie': context.cookies } : {}),
  });
  if (isPlainJson(api)) {
    const outcomes = await callAll(api, context, left.signal, failed);
    const body = JSON.stringify(api.calls.batch ? outcomes : outcomes[0]);
    return answer(response, statusOf(outcomes), { ...headers(), 'content-type': 'application/json' }, body);
  }
  const resolved = await resolve(api, context, left.signal, failed);
  response.writeHead(resolved.status, { ...Object.fromEntries(resolved.headers), ...headers() });
  // An accepted call may finish when the service stops; a stream would never.
  stopping.addEventListener('abort', leave);
  const unwatch = watch(context, api, leave);
  try {
    if (resolved.body) await pipe(resolved.body, response);
    else response.end();
  } finally {
    unwatch();
    stopping.removeEventListener('abort', leave);
  }
}

function contextOf(api: ApiRequest, caller: Caller | null, service: Service): Context {
  const { id, address, begun, origin, cookie, userAgent } = api;
  const request = { id, address, begun, origin, cookie, userAgent };
  return { caller, request, cookies: [], limits: [], service };
}

/** What is the service's own fault goes to the log, with its cause; the caller is told the request id. */
function logFailure({ log }: Service, refusal: Refusal, requestId: string, path: string | undefined): void {
  if (refusal.status >= 500)
    log.error({ requestId, path, reason: refusal.reason, err: refusal.cause }, 'call failed');
  else log.debug({ requestId, path, reason: refusal.reason }, 'call refused');
}

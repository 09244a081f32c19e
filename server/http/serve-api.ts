import type { IncomingMessage, ServerResponse } from 'node:http';
import { rateLimitHeaders } from '../../shared/rate-limit-headers.ts';
import type { Reason } from '../../shared/refusals.ts';
import type { Caller } from '../gate/caller.ts';
import { callerFairnessKey } from '../gate/caller-fairness-key.ts';
import { Refusal } from '../lib/refusal.ts';
import { inRequestSpan, inSpan } from '../lib/tracing.ts';
import type { ResponseMode } from '../metrics/metrics.ts';
import { type Context, callOriginOf, refusalOf, type Service } from '../rpc/trpc.ts';
import type { UsageOutcome } from '../stores/usage/usage.ts';
import { type ApiRequest, newRequestId, readApiRequest } from './api-request.ts';
import { hasBody } from './body.ts';
import { ClientDisconnect } from './client-disconnect.ts';
import { corsHeaders, preflight } from './cors.ts';
import { expectsContinue } from './expectation.ts';
import { callAll, hasJsonInput, isPlainJson, mayStream, statusOf } from './json-calls.ts';
import { procedureLabels } from './parse-procedures.ts';
import { baseHeaders, type Fields, JSON_TYPE, send, sendError, sentRefusalHeaders } from './response.ts';
import type { ServerContext } from './server-context.ts';
import { endAttributes, type RequestSummary, spanName, startAttributes } from './spans.ts';
import { pipe } from './stream-pipe.ts';
import { resolveThroughTrpc, revalidateStream } from './trpc-response.ts';

/** Serves `/api`: reads once, admits once, calls, answers; counts each request and, if tracing is on, traces it. */
export async function serveApi(
  request: IncomingMessage,
  response: ServerResponse,
  serving: ServerContext,
  stopping: AbortSignal,
): Promise<void> {
  const begun = performance.now();
  const id = newRequestId();
  // A preflight has no body (Fetch standard, CORS-preflight fetch).
  const allowed = hasBody(request) ? null : preflight(request, serving.service.config.corsOrigins);
  if (allowed) return send(response, 204, [baseHeaders(id), allowed], '');
  const procedures = procedureLabels(request.url ?? '', serving.service.api);
  const { outcomes, way, answeredAt } = await inRequestSpan(
    request.headers,
    spanName(request.method, procedures),
    startAttributes(request.method, procedures, serving.service.origins),
    () => serve(request, response, id, procedures, serving, stopping),
    endAttributes,
  );
  if (outcomes.includes('UNAVAILABLE')) serving.readiness.invalidate();
  serving.metrics.note({ procedures, outcomes, way, durationMs: answeredAt - begun });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  procedures: readonly string[],
  { service, limits, metrics, refusalLog, streams }: ServerContext,
  stopping: AbortSignal,
): Promise<RequestSummary> {
  const cors = corsHeaders(request, service.config.corsOrigins);
  let api: ApiRequest | undefined;
  try {
    const invite = () => expectsContinue(request) && response.writeContinue();
    const read = readApiRequest(request, invite, id, service.api, limits);
    api = read;
    // One answer for all of them, so that a caller cannot learn which credentials exist.
    if (service.stores.vault.lacksNewestKey)
      throw new Refusal('UNAVAILABLE', {}, 'a newer master key is missing');
    const { open, session } = read.calls;
    const caller = open ? null : await inSpan('gate.admit', () => service.gate.admit(read, { session }));
    if (caller) limits.bodies.noteAdmitted(callerFairnessKey(caller), read.address);
    await read.body(null);
    return await respond(
      read,
      response,
      contextOf(read, caller, service),
      cors,
      { metrics, refusalLog, streams },
      stopping,
    );
  } catch (error) {
    const refusal = refusalOf(error);
    refusalLog.note(refusal, id, api?.calls.path);
    sendError(request, response, refusal, {
      path: api?.calls.path,
      requestId: id,
      origin: callOriginOf(service),
      headers: cors,
    });
    const { status, reason, key } = refusal;
    const outcomes = procedures.map(() => reason);
    return { id, status, outcomes, way: 'refused', answeredAt: performance.now(), keyId: key?.id ?? null };
  } finally {
    api?.release();
  }
}

async function respond(
  api: ApiRequest,
  response: ServerResponse,
  context: Context,
  cors: Record<string, string>,
  { metrics, refusalLog, streams }: Pick<ServerContext, 'metrics' | 'refusalLog' | 'streams'>,
  stopping: AbortSignal,
): Promise<RequestSummary> {
  const departure = new ClientDisconnect();
  const leave = () => departure.leave();
  response.once('close', () => response.writableFinished || leave());
  const more: Record<string, string> = {};
  const refused: Refused[] = [];
  const failed = (refusal: Refusal, path: string) => {
    refusalLog.note(refusal, api.id, path);
    refused.push([path, refusal.reason]);
    Object.assign(more, sentRefusalHeaders(refusal));
  };
  const headers = (): Fields[] => [
    baseHeaders(api.id),
    cors,
    more,
    rateLimitHeaders(context.limits, context.service.stores.clock()),
    context.cookies.length > 0 ? { 'set-cookie': context.cookies } : {},
  ];
  const ended = (status: number, way: ResponseMode, answeredAt = performance.now()): RequestSummary => {
    const keyId = context.caller?.kind === 'key' ? context.caller.key.id : null;
    return { id: api.id, status, outcomes: outcomesOf(api.procedures, refused), way, answeredAt, keyId };
  };
  if (isPlainJson(api)) {
    const outcomes = await callAll(api, context, departure, failed);
    const body = JSON.stringify(api.calls.batch ? outcomes : outcomes[0]);
    const status = statusOf(outcomes);
    send(response, status, [...headers(), JSON_TYPE], body);
    return ended(status, 'plain');
  }
  const giveBack = mayStream(api) ? streams.take(context.caller, api.address) : () => {};
  try {
    const { heartbeat } = streams;
    const resolved = await resolveThroughTrpc(api, context, departure.signal, heartbeat.silenceMs, failed);
    response.writeHead(
      resolved.status,
      Object.assign({}, Object.fromEntries(resolved.headers), ...headers()),
    );
    const began = performance.now();
    // When the service stops, an accepted call may finish; a stream would never end.
    stopping.addEventListener('abort', leave);
    const unwatch = revalidateStream(context, api, leave);
    metrics.streamBegan();
    try {
      await pipe(resolved, response, heartbeat, () => context.stream.startId);
    } finally {
      metrics.streamEnded();
      unwatch();
      stopping.removeEventListener('abort', leave);
    }
    return ended(resolved.status, 'stream', began);
  } finally {
    giveBack();
  }
}

/** The procedure of a refused call, and the refusal. */
type Refused = readonly [path: string, reason: Reason];

/** The outcome of each call of a request, given those that were refused. */
function outcomesOf(procedures: readonly string[], refused: Refused[]): UsageOutcome[] {
  return procedures.map((name) => {
    const nth = refused.findIndex(([path]) => path === name);
    return nth < 0 ? 'OK' : (refused.splice(nth, 1)[0] as Refused)[1];
  });
}

function contextOf(api: ApiRequest, caller: Caller | null, service: Service): Context {
  const { id, address, begun, origin, cookie, userAgent } = api;
  const { unknownParameters } = api.calls;
  const checkInputs = api.calls.batch && hasJsonInput(api) ? { checkInputs: api.inputs } : {};
  const request = { id, address, begun, origin, cookie, userAgent, unknownParameters, ...checkInputs };
  return { caller, request, cookies: [], limits: [], stream: { startId: null }, service };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../gate/caller/caller.ts';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import {
  andThen,
  type MaybePromise,
  runSteps,
  type Steps,
  waitFor,
} from '../lib/concurrency/maybe-promise.ts';
import { Refusal } from '../lib/refusal.ts';
import { inRequestSpan, inSpan } from '../lib/tracing.ts';
import { refusalOf } from '../rpc/procedure-refusal.ts';
import { type Context, callOriginOf, type Service } from '../rpc/trpc.ts';
import { mayStream } from './json-calls.ts';
import { type ApiRequest, newRequestId, readApiRequest } from './request/api-request.ts';
import { hasBody } from './request/body.ts';
import { expectsContinue } from './request/expectation.ts';
import { inputCheckOf } from './request/input-check.ts';
import { procedureLabels } from './request/parse-procedures.ts';
import { corsHeaders, preflight } from './response/cors.ts';
import { respond } from './response/respond.ts';
import { baseHeaders, send, sendError } from './response/response.ts';
import type { ServerContext } from './server-context.ts';
import { endAttributes, type RequestSummary, spanName, startAttributes } from './spans.ts';

/** Serves `/api`: reads the request once, admits it once, makes its calls, responds; counts each request and, if tracing is on, traces it. */
export function serveApi(
  request: IncomingMessage,
  response: ServerResponse,
  serverContext: ServerContext,
  stopping: AbortSignal,
): MaybePromise<void> {
  const startedAt = performance.now();
  const id = newRequestId();
  // A preflight has no body (Fetch standard, CORS-preflight fetch).
  const allowed = hasBody(request) ? null : preflight(request, serverContext.service.config.corsOrigins);
  if (allowed) return send(response, 204, [baseHeaders(id), allowed], '');
  const procedures = procedureLabels(request.url ?? '', serverContext.service.api);
  const summary = inRequestSpan(
    request.headers,
    spanName(request.method, procedures),
    startAttributes(request.method, procedures, serverContext.service.origins),
    () => runSteps(serve(request, response, id, procedures, serverContext, stopping)),
    endAttributes,
  );
  return andThen(summary, ({ outcomes, mode, respondedAt }) => {
    if (outcomes.includes('UNAVAILABLE')) serverContext.readiness.invalidate();
    serverContext.metrics.recordRequest({ procedures, outcomes, mode, durationMs: respondedAt - startedAt });
  });
}

function* serve(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  procedures: readonly string[],
  { service, requestSettings, metrics, refusalLog, streams }: ServerContext,
  stopping: AbortSignal,
): Steps<RequestSummary> {
  const cors = corsHeaders(request, service.config.corsOrigins);
  let apiRequest: ApiRequest | undefined;
  let context: Context | undefined;
  try {
    const sendContinue = () => expectsContinue(request) && response.writeContinue();
    const accepted = readApiRequest(request, sendContinue, id, service.api, requestSettings);
    apiRequest = accepted;
    // The same response for all credentials, so that a caller cannot learn which of them exist.
    if (service.stores.vault.lacksNewestKey)
      throw new Refusal('UNAVAILABLE', {}, 'a newer master key is missing');
    const { isPublic, session } = accepted.calls;
    const admit = () => service.gate.admit(accepted, { session });
    const caller = isPublic ? null : yield* waitFor(inSpan('gate.admit', admit));
    accepted.responseSigner?.check(mayStream(accepted));
    if (caller) requestSettings.bodies.recordAdmitted(payerOfCaller(caller), accepted.address);
    const body = yield* waitFor(accepted.body(null));
    if (caller && accepted.responseSigner)
      yield* waitFor(accepted.responseSigner.takePosition(caller, body, service.stores.receiptChains));
    context = contextOf(accepted, caller, service);
    const parts = { metrics, refusalLog, streams };
    return yield* waitFor(respond({ apiRequest: accepted, response, context, cors }, parts, stopping));
  } catch (error) {
    const refusal = refusalOf(error);
    refusalLog.record(refusal, id, apiRequest?.calls.path);
    sendError(request, response, refusal, {
      path: apiRequest?.calls.path,
      requestId: id,
      origin: callOriginOf(service),
      headers: cors,
      sign: (whole) => apiRequest?.responseSigner?.fieldsOf(whole, service.stores) ?? {},
    });
    const { status, reason, key } = refusal;
    const outcomes = procedures.map(() => reason);
    return { id, status, outcomes, mode: 'refused', respondedAt: performance.now(), keyId: key?.id ?? null };
  } finally {
    apiRequest?.release();
    context?.request.batchResults?.release();
  }
}

function contextOf(apiRequest: ApiRequest, caller: Caller | null, service: Service): Context {
  const { id, method, address, startedAt, origin, cookie, userAgent, calls } = apiRequest;
  const { unknownParameters } = calls;
  const checkInputs = inputCheckOf(apiRequest);
  // Not of mutations: once there is a result, they have been carried out.
  const holdsResults = caller !== null && method === 'GET' && calls.names.length > 1;
  const batchResults = holdsResults ? service.stores.batchResults.open(payerOfCaller(caller)) : null;
  const request = {
    id,
    address,
    startedAt,
    origin,
    cookie,
    userAgent,
    unknownParameters,
    checkInputs,
    batchResults,
  };
  return { caller, request, cookies: [], limits: [], stream: { startId: null, revalidate: null }, service };
}

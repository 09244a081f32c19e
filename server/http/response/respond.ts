import type { ServerResponse } from 'node:http';
import { rateLimitHeaders } from '../../../shared/rate-limit-headers.ts';
import type { Reason } from '../../../shared/refusals.ts';
import type { Refusal } from '../../lib/refusal.ts';
import type { ResponseMode } from '../../metrics/metrics.ts';
import type { Context } from '../../rpc/trpc.ts';
import type { UsageOutcome } from '../../stores/usage/usage.ts';
import { ClientDisconnect } from '../connections/client-disconnect.ts';
import { callAll, isPlainJson, mayStream, statusOf } from '../json-calls.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { ServerContext } from '../server-context.ts';
import type { RequestSummary } from '../spans.ts';
import { pipe } from '../streams/stream-pipe.ts';
import { revalidateStream } from '../streams/stream-revalidation.ts';
import { resolveThroughTrpc } from '../trpc-response.ts';
import {
  baseHeaders,
  endTogether,
  type Fields,
  JSON_TYPE,
  send,
  sentRefusalHeaders,
  type WholeResponse,
} from './response.ts';

/** An admitted request, and where its response goes. */
interface AdmittedRequest {
  readonly apiRequest: ApiRequest;
  readonly response: ServerResponse;
  readonly context: Context;
  /** The CORS headers of the response. */
  readonly cors: Record<string, string>;
}

/** Makes the calls of an admitted request, and writes the response. */
export async function respond(
  admitted: AdmittedRequest,
  { metrics, refusalLog, streams }: Pick<ServerContext, 'metrics' | 'refusalLog' | 'streams'>,
  stopping: AbortSignal,
): Promise<RequestSummary> {
  const { apiRequest, context } = admitted;
  const request = new RespondingRequest(admitted, refusalLog);
  if (isPlainJson(apiRequest)) return respondWithJson(request);
  const release = mayStream(apiRequest) ? streams.take(context.caller, apiRequest.address) : () => {};
  try {
    return await respondThroughTrpc(request, { metrics, streams }, stopping);
  } finally {
    release();
  }
}

async function respondWithJson(request: RespondingRequest): Promise<RequestSummary> {
  const { apiRequest, context, disconnect } = request;
  const outcomes = await callAll(apiRequest, context, disconnect, request.noteRefused);
  const body = JSON.stringify(apiRequest.calls.batch ? outcomes : outcomes[0]);
  const status = statusOf(outcomes);
  const signature = request.signature({ status, contentType: JSON_TYPE['content-type'], body });
  send(request.response, status, [...request.headers(), JSON_TYPE, signature], body, endTogether);
  return request.summary(status, 'plain');
}

async function respondThroughTrpc(
  request: RespondingRequest,
  { metrics, streams: { heartbeat } }: Pick<ServerContext, 'metrics' | 'streams'>,
  stopping: AbortSignal,
): Promise<RequestSummary> {
  const { apiRequest, response, context, disconnect } = request;
  const { signal } = disconnect;
  const options = { silenceMs: heartbeat.silenceMs, onRefusal: request.noteRefused };
  const resolved = await resolveThroughTrpc(apiRequest, context, signal, options);
  if (apiRequest.responseSigner) return respondWhole(request, resolved);
  response.writeHead(
    resolved.status,
    Object.assign({}, Object.fromEntries(resolved.headers), ...request.headers()),
  );
  const began = performance.now();
  // On shutdown, an accepted call may finish; a stream would never end.
  const leave = () => disconnect.leave();
  stopping.addEventListener('abort', leave);
  const endRevalidation = revalidateStream(context, apiRequest, leave);
  metrics.streamBegan();
  try {
    await pipe(resolved, response, heartbeat, () => context.stream.startId);
  } finally {
    metrics.streamEnded();
    endRevalidation();
    stopping.removeEventListener('abort', leave);
  }
  return request.summary(resolved.status, 'stream', began);
}

/** Sends tRPC's response as a whole, so that it can be signed: a stream was refused earlier. */
async function respondWhole(request: RespondingRequest, resolved: Response): Promise<RequestSummary> {
  const { status } = resolved;
  const body = await resolved.text();
  const headers = Object.fromEntries(resolved.headers);
  const signature = request.signature({ status, contentType: headers['content-type'] ?? '', body });
  send(request.response, status, [Object.assign(headers, ...request.headers(), signature)], body);
  return request.summary(status, 'plain');
}

/** The procedure of a refused call, and the refusal. */
type RefusedCall = readonly [path: string, reason: Reason];

const UNSIGNED: Fields = {};

const isGone = (response: ServerResponse): boolean => response.destroyed || response.req.socket.destroyed;

/** A request while its calls run: whether its client is still there, and which calls were refused. */
class RespondingRequest {
  readonly apiRequest: ApiRequest;
  readonly response: ServerResponse;
  readonly context: Context;
  readonly disconnect = new ClientDisconnect();
  readonly #cors: Record<string, string>;
  readonly #refusalLog: ServerContext['refusalLog'];
  readonly #refusalHeaders: Record<string, string> = {};
  readonly #refused: RefusedCall[] = [];

  constructor(
    { apiRequest, response, context, cors }: AdmittedRequest,
    refusalLog: ServerContext['refusalLog'],
  ) {
    this.apiRequest = apiRequest;
    this.response = response;
    this.context = context;
    this.#cors = cors;
    this.#refusalLog = refusalLog;
    // A client may have left while the request was admitted.
    if (isGone(response)) this.disconnect.leave();
    else response.once('close', () => response.writableFinished || this.disconnect.leave());
  }

  /** Records that a call was refused. @param path the name of its procedure */
  readonly noteRefused = (refusal: Refusal, path: string): void => {
    this.#refusalLog.record(refusal, this.apiRequest.id, path);
    this.#refused.push([path, refusal.reason]);
    Object.assign(this.#refusalHeaders, sentRefusalHeaders(refusal));
  };

  /** The headers of the response, after the calls were made. */
  headers(): Fields[] {
    const { limits, cookies, service } = this.context;
    return [
      baseHeaders(this.apiRequest.id),
      this.#cors,
      this.#refusalHeaders,
      rateLimitHeaders(limits, service.stores.clock()),
      cookies.length > 0 ? { 'set-cookie': cookies } : {},
    ];
  }

  /** The fields that sign a whole response; none if its request does not require that. */
  signature(whole: WholeResponse): Fields {
    return this.apiRequest.responseSigner?.fieldsOf(whole, this.context.service.stores) ?? UNSIGNED;
  }

  summary(status: number, mode: ResponseMode, respondedAt: number = performance.now()): RequestSummary {
    const { id, procedures } = this.apiRequest;
    const { caller } = this.context;
    const keyId = caller?.kind === 'key' ? caller.key.id : null;
    return { id, status, outcomes: outcomesOf(procedures, this.#refused), mode, respondedAt, keyId };
  }
}

/** The outcome of each call of a request. Receives the calls that were refused. */
function outcomesOf(procedures: readonly string[], refused: RefusedCall[]): UsageOutcome[] {
  return procedures.map((name) => {
    const nth = refused.findIndex(([path]) => path === name);
    return nth < 0 ? 'OK' : (refused.splice(nth, 1)[0] as RefusedCall)[1];
  });
}

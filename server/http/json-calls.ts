import type { RefusalShape } from '../../shared/refusals.ts';
import { Refusal, shapeOf } from '../lib/refusal.ts';
import { refusalOf } from '../rpc/procedure-refusal.ts';
import type { ProcedureInfo } from '../rpc/procedure-registry.ts';
import { type Context, callOriginOf } from '../rpc/trpc.ts';
import type { ClientDisconnect } from './connections/client-disconnect.ts';
import type { ApiRequest } from './request/api-request.ts';
import { mediaTypeOf } from './request/media-type.ts';

/** The result of a call, as tRPC puts it on the wire. */
export type TrpcEnvelope = { readonly result: { readonly data: unknown } } | { readonly error: RefusalShape };

/** Whether request and response are plain JSON: the fast path makes no Request and no Response. */
export const isPlainJson = (request: ApiRequest): boolean => hasJsonInput(request) && !mayStream(request);

/** Whether the inputs of a request are JSON, in its query or in its body. */
export function hasJsonInput({ method, contentType }: Pick<ApiRequest, 'method' | 'contentType'>): boolean {
  return mediaTypeOf(contentType) === 'application/json' || (method === 'GET' && contentType === '');
}

/** Whether the response may stay open: a subscription, or a batch that the client reads as a stream. */
export function mayStream({ calls, accept }: Pick<ApiRequest, 'calls' | 'accept'>): boolean {
  const streamsResults = accept.trpcAccept !== null || (accept.accept ?? '').includes('application/jsonl');
  return streamsResults || calls.procedures[0]?.type === 'subscription';
}

/**
 * Makes every call of a plain JSON request, and returns how each ended.
 * @param disconnect the client's disconnect
 * @param onRefusal called with every refusal, for the log and the headers
 */
export function callAll(
  request: ApiRequest,
  context: Context,
  disconnect: ClientDisconnect,
  onRefusal: (refusal: Refusal, path: string) => void,
): Promise<TrpcEnvelope[]> {
  const { calls } = request;
  const makeCall = async ({ call, type }: ProcedureInfo, nth: number): Promise<TrpcEnvelope> => {
    const path = calls.names[nth] as string;
    try {
      const data = await call(new JsonCall(request, context, { path, type, nth }, disconnect));
      if (isStreamed(data)) throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED', {}, undefined, STREAMED);
      return { result: { data } };
    } catch (error) {
      const refusal = refusalOf(error);
      onRefusal(refusal, path);
      return { error: shapeOf(refusal, path, request.id, callOriginOf(context.service)) };
    }
  };
  return Promise.all(calls.procedures.map(makeCall));
}

/** tRPC's own message for the same error. */
const STREAMED = 'Cannot use stream-like response in non-streaming request - use httpBatchStreamLink';

/** The options of a tRPC call; its signal is made when a procedure reads it. */
class JsonCall {
  readonly path: string;
  readonly type: ProcedureInfo['type'];
  readonly ctx: Context;
  readonly batchIndex: number;
  readonly getRawInput: () => Promise<unknown>;
  readonly #disconnect: ClientDisconnect;

  constructor(
    request: ApiRequest,
    ctx: Context,
    { path, type, nth }: Pick<JsonCall, 'path' | 'type'> & { readonly nth: number },
    disconnect: ClientDisconnect,
  ) {
    this.path = path;
    this.type = type;
    this.ctx = ctx;
    this.batchIndex = nth;
    this.getRawInput = async () => (await request.inputs())[nth];
    this.#disconnect = disconnect;
  }

  get signal(): AbortSignal {
    return this.#disconnect.signal;
  }
}

/** Whether a result can only be streamed: JSON would silently show it as empty. */
function isStreamed(data: unknown): boolean {
  if (!isObject(data) || Array.isArray(data)) return false;
  if (isDeferred(data)) return true;
  for (const name in data) if (isDeferred(data[name])) return true;
  return false;
}

const isDeferred = (value: unknown): boolean =>
  isObject(value) && (typeof value['then'] === 'function' || Symbol.asyncIterator in value);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The status of all calls together: 207 if they differ. */
export function statusOf(outcomes: readonly TrpcEnvelope[]): number {
  const statuses = new Set(
    outcomes.map((outcome) => ('error' in outcome ? outcome.error.data.httpStatus : 200)),
  );
  return statuses.size === 1 ? (statuses.values().next().value as number) : 207;
}

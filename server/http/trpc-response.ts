import type { AnyTRPCRouter } from '@trpc/server';
import { resolveResponse } from '@trpc/server/http';
import { Refusal } from '../lib/refusal.ts';
import { refusalOf } from '../rpc/procedure-refusal.ts';
import type { Context } from '../rpc/trpc.ts';
import type { ApiRequest } from './request/api-request.ts';
import { boundaryOf, isForm } from './request/form-check.ts';

interface TrpcOptions {
  /** Milliseconds without a byte after which the client of a stream reconnects. */
  readonly silenceMs: number;
  readonly onRefusal: (refusal: Refusal, path: string) => void;
}

/**
 * tRPC's own Response: for streams, server-sent events, forms and bytes. tRPC receives the bytes that were read and hashed
 * before, in a Request that cannot change. Refuses with MEDIA_TYPE_NOT_SUPPORTED, METHOD_NOT_SUPPORTED, INPUT_INVALID what tRPC
 * cannot read.
 */
export async function resolveThroughTrpc(
  request: ApiRequest,
  context: Context,
  signal: AbortSignal,
  { silenceMs, onRefusal }: TrpcOptions,
): Promise<Response> {
  const { accept, trpcAccept } = request.accept;
  const headers = new Headers();
  const type = parsedType(request);
  if (type !== '') headers.set('content-type', type);
  if (accept !== null) headers.set('accept', accept);
  if (trpcAccept !== null) headers.set('trpc-accept', trpcAccept);
  const body = request.method === 'POST' ? Buffer.from((await request.body(null)).bytes) : null;
  const unread: Refusal[] = [];
  const response = await resolveResponse({
    router: withInactivityTimeout(context.service.api.router, silenceMs),
    req: new Request(`http://${request.authority}${request.target}`, {
      method: request.method,
      headers,
      body,
      signal,
    }),
    path: request.calls.path,
    error: null,
    createContext: async () => context,
    onError: ({ error, path, ctx }) => {
      if (ctx) onRefusal(refusalOf(error), path ?? request.calls.path);
      // Our docs have no page about tRPC's own message.
      else unread.push(new Refusal(refusalOf(error).reason, refusalOf(error).details));
    },
  });
  // tRPC responds to what it cannot parse before it makes a context: as plain text, without a path and a request id.
  if (unread[0]) throw unread[0];
  return response;
}

/**
 * The content type by which tRPC parses the body. Parsers disagree about malformed parameters: that of a form has the boundary that
 * was checked, and nothing else.
 */
function parsedType({ contentType }: ApiRequest): string {
  const boundary = isForm(contentType) ? boundaryOf(contentType) : null;
  return boundary === null ? contentType : `multipart/form-data; boundary="${boundary}"`;
}

/** The same router. Its streams begin with the time after which tRPC's clients reconnect if a stream is silent. */
function withInactivityTimeout({ _def }: AnyTRPCRouter, reconnectAfterInactivityMs: number): AnyTRPCRouter {
  const sse = { client: { reconnectAfterInactivityMs } };
  return { _def: { ..._def, _config: { ..._def._config, sse } } } as AnyTRPCRouter;
}

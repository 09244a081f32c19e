import type { ServerResponse } from 'node:http';
import { resolveResponse } from '@trpc/server/http';
import type { Refusal } from '../lib/refusal.ts';
import { type Context, refusalOf } from '../rpc/trpc.ts';
import type { ApiRequest } from './api-request.ts';
import { watchStream } from './stream-watch.ts';

/**
 * Answers through tRPC's own Response: streams, server-sent events, forms and bytes. tRPC receives
 * the bytes that were read and hashed before, in a Request that cannot change.
 * Refuses with MEDIA_TYPE_NOT_SUPPORTED, METHOD_NOT_SUPPORTED, INPUT_INVALID what tRPC cannot read.
 */
export async function resolve(
  request: ApiRequest,
  context: Context,
  signal: AbortSignal,
  failed: (refusal: Refusal, path: string) => void,
): Promise<Response> {
  const { accept, trpcAccept } = request.accept;
  const headers = new Headers();
  if (request.contentType !== '') headers.set('content-type', request.contentType);
  if (accept !== null) headers.set('accept', accept);
  if (trpcAccept !== null) headers.set('trpc-accept', trpcAccept);
  const body = request.method === 'POST' ? Buffer.from((await request.body(null)).bytes) : null;
  const unread: Refusal[] = [];
  const response = await resolveResponse({
    router: context.service.api.router,
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
      if (ctx) failed(refusalOf(error), path ?? request.calls.path);
      else unread.push(refusalOf(error));
    },
  });
  // tRPC answers what it cannot parse before it makes a context: as text, without a path and a request id.
  if (unread[0]) throw unread[0];
  return response;
}

/** Ends a stream within seconds after its caller loses the right to it. */
export function watch({ caller, service }: Context, request: ApiRequest, end: () => void): () => void {
  const guard = request.calls.procedures[0]?.guard;
  if (!caller || !guard) return () => {};
  let current = caller;
  const mayGoOn = async () => {
    const now = await service.gate.stillAuthorized(current, guard);
    // A change is read once, not at every check.
    if (now) current = now;
    return now !== null;
  };
  return watchStream(mayGoOn, end);
}

/** Writes a Response's body as it comes, no faster than the client takes it. */
export async function pipe(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  response.once('close', () => void reader.cancel().catch(() => {}));
  for (;;) {
    const { done, value } = await reader.read();
    if (done || response.destroyed) break;
    if (!response.write(value)) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.once('drain', go).once('close', go);
  });
}

import type { OutgoingRequest } from '../signing/outgoing-request.ts';

/** What a replacement for `fetch` is given in addition to the URL: plain values, all of which it must send as they are. */
export interface FetchInit {
  readonly method: string;
  /** With the credentials and the signature. Names are lowercase. */
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal | null;
  /** A redirect must not be followed: its target would receive the credentials. */
  readonly redirect: 'manual';
}

/** The parts of a response that the client reads, whichever library made it. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: Iterable<[string, string]> & { get(name: string): string | null };
  /** A web stream, or a Node stream. */
  readonly body: object | null;
  text(): Promise<string>;
}

/** A replacement for the global `fetch`, such as that of undici or node-fetch, or a wrapper around either. */
export type CustomFetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** Sends one request, and follows no redirect. */
export type Send = (outgoing: OutgoingRequest) => Promise<Response>;

/** @param custom instead of the global fetch, which is looked up for each request */
export function createTransport(custom: CustomFetch | undefined): Send {
  const fetch: CustomFetch = custom ?? ((url, init) => globalThis.fetch(url, init));
  return async ({ url, method, headers, body, signal }) => {
    const content = body === null ? {} : { body };
    const init: FetchInit = { method, headers: { ...headers }, ...content, signal, redirect: 'manual' };
    return toResponse(await fetch(url, init).catch(responseInError));
  };
}

/** Wrappers such as ky reject because of the status of a response that they did receive: it is still the response of the call. */
function responseInError(error: unknown): FetchResponse {
  const response: unknown = Object(error).response;
  if (!isFetchResponse(response)) throw error;
  if (!Object(response).bodyUsed) return response;
  const message = `The replacement for fetch rejected for HTTP ${response.status}, and has read the body: it must resolve for every status, as fetch does (throwHttpErrors: false in ky).`;
  throw new TypeError(message, { cause: error });
}

function isFetchResponse(value: unknown): value is FetchResponse {
  const { status, headers, text } = Object(value);
  return typeof status === 'number' && typeof headers?.get === 'function' && typeof text === 'function';
}

/** Statuses whose responses have no body (Fetch standard §2.2.3). */
const BODILESS = [204, 205, 304];

/** The same response in the class of this realm: undici and node-fetch have their own classes. */
function toResponse(response: FetchResponse): Response {
  const { status, headers, body } = response;
  // The constructor of Response accepts no other status.
  const foreign = !(response instanceof Response) && status >= 200 && status <= 599 && body !== undefined;
  if (!foreign) return response as Response;
  return new Response(BODILESS.includes(status) ? null : toStream(body), { status, headers: [...headers] });
}

function toStream(body: object | null): ReadableStream<Uint8Array> | null {
  if (body === null || 'getReader' in body) return body as ReadableStream<Uint8Array> | null;
  const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void (await chunks.return?.()),
  });
}

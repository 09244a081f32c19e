/** A request as plain values, so that it can be signed more than once, and every fetch accepts it. */
export interface OutgoingRequest {
  /** The URL as `fetch` sends it: `'` as `%27`, no empty `?`, no fragment. */
  readonly url: string;
  readonly method: string;
  /** Names are lowercase. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null if there is none. */
  readonly body: string | Uint8Array<ArrayBuffer> | null;
  readonly signal: AbortSignal | null;
}

/** Writes a URL as `fetch` sends it. */
export function sentUrl(url: string | URL): string {
  const sent = new URL(url);
  sent.hash = '';
  if (sent.search === '') sent.search = '';
  return sent.href;
}

/** Reads the arguments of a `fetch` whole. A form or a Blob becomes bytes, with the content type that it has. */
export async function readOutgoingRequest(
  input: RequestInfo | URL,
  init: RequestInit = {},
): Promise<OutgoingRequest> {
  const { body = null, signal = null, method = 'GET' } = init;
  if (!(input instanceof Request) && (body === null || typeof body === 'string')) {
    const headers = Object.fromEntries(new Headers(init.headers));
    // fetch would add a content type that was not signed.
    if (body === null || 'content-type' in headers) {
      return { url: sentUrl(input), method, headers, body, signal };
    }
  }
  const request = new Request(input, init);
  const headers = headersOf(request);
  const bytes = new Uint8Array(await request.arrayBuffer());
  const sent = request.method === 'GET' || request.method === 'HEAD' ? null : bytes;
  return { url: sentUrl(request.url), method: request.method, headers, body: sent, signal: request.signal };
}

/**
 * The headers of a request whose body is still unread: Bun derives the content type of a form or a Blob from the body,
 * and loses it with it.
 */
function headersOf(request: Request): Record<string, string> {
  const contentType = request.headers.get('content-type');
  return {
    ...Object.fromEntries(request.headers),
    ...(contentType === null ? {} : { 'content-type': contentType }),
  };
}

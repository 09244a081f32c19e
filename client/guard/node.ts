import type { Answer } from './answer.ts';
import type { Judge } from './judge.ts';
import { BodyAlreadyRead, BodyRefused, Collected, type Received } from './received.ts';

/** What is used of Node's IncomingMessage, and so of the requests of Express. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Express and Fastify keep it where a router changes `url`. */
  readonly originalUrl?: string;
  readonly rawHeaders: string[];
  readonly rawTrailers: string[];
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly complete: boolean;
  readonly readableDidRead: boolean;
  readonly readableEncoding: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
  on(event: string, listener: (...args: any[]) => void): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
  off(event: string, listener: (...args: any[]) => void): unknown;
  resume(): unknown;
}

/** What is used of Node's ServerResponse. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): NodeResponse;
  end(body: string): unknown;
}

/** Reads a request of Node whole, from the raw list of its headers. */
export async function receiveNode(request: NodeRequest, { maxBody, budget }: Judge): Promise<Received> {
  const { method = '', originalUrl, url = '', rawHeaders, socket } = request;
  if (request.readableDidRead || request.readableEncoding !== null) throw new BodyAlreadyRead();
  const collected = new Collected(maxBody, budget);
  const body = await read(request, collected).finally(() => collected.release());
  return {
    method,
    target: originalUrl ?? url,
    headers: pairs(rawHeaders),
    address: socket.remoteAddress ?? null,
    body,
  };
}

/** The request is left open where it is refused, so that it can be answered. */
function read(request: NodeRequest, collected: Collected): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      request.off('data', take);
      reject(error);
    };
    const take = (chunk: Uint8Array) => {
      try {
        collected.add(chunk);
      } catch (error) {
        fail(error);
      }
    };
    const malformed = () => fail(new BodyRefused('REQUEST_MALFORMED'));
    request.on('data', take);
    request.on('error', malformed);
    request.on('close', () => request.complete || malformed());
    request.on('end', () => (request.rawTrailers.length > 0 ? malformed() : resolve(collected.whole())));
  });
}

/** The raw list by twos. */
export function pairs(rawHeaders: readonly string[]): [string, string][] {
  return rawHeaders.flatMap((name, i): [string, string][] =>
    i % 2 ? [] : [[name, rawHeaders[i + 1] ?? '']],
  );
}

/** Writes an answer. A body that is still on its way is not waited for. */
export function writeNode(
  request: NodeRequest,
  response: NodeResponse,
  { status, headers, body }: Answer,
): void {
  response
    .writeHead(status, request.complete ? { ...headers } : { ...headers, connection: 'close' })
    .end(body);
  request.resume();
}

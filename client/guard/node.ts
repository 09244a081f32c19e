import type { GuardAnswer } from './answer.ts';
import { BodyAlreadyRead, type BodyBuffer, BodyRefused, watchArrival } from './body-buffer.ts';
import type { IncomingRequest } from './request-head.ts';

// biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
type Listener = (...args: any[]) => void;

/** The members of Node's IncomingMessage that the guard uses, and so of requests in Express. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly httpVersion: string;
  readonly url?: string | undefined;
  /** The original target: Express and Fastify keep it if a router changes `url`. */
  readonly originalUrl?: string;
  readonly rawHeaders: string[];
  readonly rawTrailers: string[];
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly complete: boolean;
  readonly destroyed: boolean;
  readonly readableDidRead: boolean;
  readonly readableEncoding: string | null;
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
  resume(): unknown;
}

/** A response of Node that emits `close`. */
interface ClosingResponse {
  readonly destroyed: boolean;
  readonly closed: boolean;
  once(event: 'close', listener: () => void): unknown;
}
/** The same, with the state of its end. */
interface EndingResponse extends ClosingResponse {
  readonly writableEnded: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: Node takes several lists of arguments
  end: (...given: any[]) => any;
}

/** The members of Node's ServerResponse that the guard uses. */
export interface NodeResponse extends EndingResponse {
  readonly headersSent: boolean;
  writeHead(status: number, headers: Record<string, string>): NodeResponse;
  write(chunk: string): unknown;
  destroy(): unknown;
}

/** Reads a request of Node, from the raw list of its headers. @throws BodyAlreadyRead */
export function receiveNode(request: NodeRequest): IncomingRequest {
  const { method = '', httpVersion, originalUrl, url = '', rawHeaders, socket } = request;
  if (request.readableDidRead || request.readableEncoding !== null) throw new BodyAlreadyRead();
  const headers = pairs(rawHeaders);
  return {
    head: {
      method,
      httpVersion,
      target: originalUrl ?? url,
      headers,
      host: headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '',
      peer: socket.remoteAddress ?? null,
    },
    read: (body, minRate) => readNode(request, body, minRate),
  };
}

/**
 * Reads a body to its end. Settles once, and removes every listener when it does, so that later events find
 * none. A refused request is left open, so that it can be answered.
 */
function readNode(request: NodeRequest, body: BodyBuffer, minRate: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (refused: BodyRefused | null) => {
      stop();
      for (const [event, listener] of Object.entries(listeners)) request.off(event, listener);
      if (refused) reject(refused);
      else resolve();
    };
    const malformed = () => settle(new BodyRefused('REQUEST_MALFORMED'));
    const listeners: Record<string, Listener> = {
      data: (chunk: Uint8Array) => {
        const refused = body.add(chunk);
        if (refused) settle(refused);
      },
      end: () => (request.rawTrailers.length > 0 ? malformed() : settle(null)),
      error: malformed,
      // If `end` came first, this listener is removed.
      close: malformed,
    };
    const stop = watchArrival(body, minRate, settle);
    for (const [event, listener] of Object.entries(listeners)) request.on(event, listener);
    // It emits no more events.
    if (request.destroyed) malformed();
  });
}

/** The raw list as pairs. */
export function pairs(rawHeaders: readonly string[]): [string, string][] {
  return rawHeaders.flatMap((name, i): [string, string][] =>
    i % 2 ? [] : [[name, rawHeaders[i + 1] ?? '']],
  );
}

/** Milliseconds for which a refused sender may continue, so that it receives the answer (RFC 9112 §9.6). */
const LINGER_MS = 1_000;

/**
 * Writes a response in place of the handler's, and discards the rest of the body as it arrives. Never throws: an
 * answer that cannot be written ends the connection.
 */
export function writeNode(
  request: NodeRequest,
  response: NodeResponse,
  { status, headers, body }: GuardAnswer,
): void {
  try {
    if (response.destroyed) return;
    // The handler has begun its own response: break it off, so that no client takes it for a complete one.
    if (response.headersSent) return void response.destroy();
    const length = { 'content-length': String(new TextEncoder().encode(body).byteLength) };
    const last = request.complete ? {} : { connection: 'close' };
    response.writeHead(status, { ...headers, ...length, ...last }).write(body);
    endAfter(request, response);
  } catch {
    response.destroy();
  }
}

/** Ends a response once the request has ended, or its sender had time to read the response. */
function endAfter(request: NodeRequest, response: NodeResponse): void {
  dropBody(request);
  if (request.complete || request.destroyed) return void response.end();
  const end = () => {
    clearTimeout(timer);
    request.off('end', end);
    request.off('close', end);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.on('end', end);
  request.on('close', end);
}

/** Discards the rest of a refused body, and ignores a sender that disconnects. */
export function dropBody(request: NodeRequest): void {
  request.on('error', () => {});
  request.resume();
}

/** Calls back once a response is finished, or its connection is closed. */
export function onceClosed(response: ClosingResponse, then: () => void): void {
  if (response.closed || response.destroyed) then();
  else response.once('close', then);
}

/** Milliseconds after which a handler whose caller has left, and that never ends its response, counts as ended. */
const LEFT_MS = 300_000;

/**
 * Calls back once a response is finished or, if its caller has left, once its handler has ended it all the same. A
 * framework does not report when a handler ends, and a response of Node is closed as soon as its caller leaves: the
 * handler continues, with the body. For a handler that ends nothing the wait is five minutes.
 */
export function onceEnded(response: EndingResponse, then: () => void): void {
  onceClosed(response, () => {
    if (response.writableEnded) return then();
    const timer = setTimeout(then, LEFT_MS);
    // The timer does not keep the process alive.
    (timer as { unref?: () => void }).unref?.();
    const { end } = response;
    response.end = function (this: EndingResponse, ...given: unknown[]) {
      response.end = end;
      clearTimeout(timer);
      then();
      return end.apply(this, given);
    };
  });
}

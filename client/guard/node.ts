import { BodyAlreadyRead, type BodyBuffer, BodyRefused, watchArrival } from './body-buffer.ts';
import type { GuardResponse } from './guard-response.ts';
import { afterLeaving } from './left-callers.ts';
import { type PeerSocket, peerAddress } from './peer-address.ts';
import { watchRefused } from './refused-senders.ts';
import type { IncomingRequest } from './request-head.ts';

// biome-ignore lint/suspicious/noExplicitAny: each event has its own arguments
type Listener = (...args: any[]) => void;

/** The properties of Node's IncomingMessage, and so of Express requests, that the guard uses. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly httpVersion: string;
  readonly url?: string | undefined;
  /** The original target: Express and Fastify keep it if a router changes `url`. */
  readonly originalUrl?: string;
  readonly rawHeaders?: readonly unknown[];
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawTrailers?: readonly unknown[];
  readonly socket: PeerSocket;
  readonly complete?: boolean;
  /** True once the whole body was read: requests that are not Node's own have no `complete`. */
  readonly readableEnded?: boolean;
  readonly destroyed: boolean;
  readonly readableDidRead: boolean;
  readonly readableEncoding: string | null;
  /** The bytes of the body, if a framework has read them before the guard (Nest with `rawBody: true`, cloud functions). */
  readonly rawBody?: unknown;
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
  resume(): unknown;
}

interface ClosingSocket {
  readonly destroyed?: boolean;
  /** The socket of a request that a platform made from an event has none. */
  once?(event: 'close', listener: () => void): unknown;
}

/** A Node response that emits `close`. */
interface ClosingResponse {
  readonly destroyed?: boolean;
  readonly closed?: boolean;
  /** An HTTP/2 response has neither `closed` nor `destroyed`: only its stream shows that it is closed. */
  readonly stream?: { readonly destroyed: boolean } | undefined;
  readonly req?: { readonly socket?: ClosingSocket | undefined } | undefined;
  once(event: 'close', listener: () => void): unknown;
  off(event: 'close', listener: () => void): unknown;
}
/** The same, with whether the handler has ended it. */
interface EndingResponse extends ClosingResponse {
  readonly writableEnded: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: Node has several overloads
  end: (...given: any[]) => any;
}

/** The properties of Node's ServerResponse that the guard uses. */
export interface NodeResponse extends EndingResponse {
  readonly headersSent: boolean;
  writeHead(status: number, headers: Record<string, string>): NodeResponse;
  write(chunk: string): unknown;
  destroy(): unknown;
}

/**
 * Reads a Node request from the raw list of its headers.
 * @param target path and query as on the request line, if the framework keeps them elsewhere
 * @throws BodyAlreadyRead if the body was read before, and its bytes are not in `rawBody`; BodyRefused if its connection
 *   was cut
 */
export function receiveNode(
  request: NodeRequest,
  target: string = request.originalUrl ?? request.url ?? '',
): IncomingRequest {
  const { method = '', httpVersion, rawBody, socket } = request;
  const wasRead = request.readableDidRead || request.readableEncoding !== null;
  if (wasRead && !(rawBody instanceof Uint8Array)) throw new BodyAlreadyRead();
  const headers = sentHeaders(listedHeaders(request));
  return {
    head: {
      method,
      httpVersion,
      target,
      headers,
      host: headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '',
      peer: peerAddress(socket),
    },
    read: (body, minRate) =>
      wasRead ? addParsedBody(request, body, rawBody as Uint8Array) : readNode(request, body, minRate),
  };
}

/** Uses a body that a framework has read and kept. */
async function addParsedBody(request: NodeRequest, body: BodyBuffer, bytes: Uint8Array): Promise<void> {
  const refused = hasTrailers(request) ? new BodyRefused('REQUEST_MALFORMED') : body.add(bytes);
  if (refused) throw refused;
}

/** Requests that are not Node's own (Fastify's `inject`, `node:http` of workerd) have no list of trailers. */
export const hasTrailers = ({ rawTrailers = [] }: Pick<NodeRequest, 'rawTrailers'>): boolean =>
  rawTrailers.length > 0;

/**
 * Reads a body to its end. Settles once, and removes every listener when it does, so that later events find
 * none. A refused request is left open, so that a response can be sent.
 */
function readNode(request: NodeRequest, body: BodyBuffer, minRate: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (refused: unknown) => {
      stop();
      for (const [event, listener] of listeners) request.off(event, listener);
      if (refused) reject(refused);
      else resolve();
    };
    const refuseMalformed = () => settle(new BodyRefused('REQUEST_MALFORMED'));
    // What a listener throws would end the process.
    const caught =
      (listener: Listener): Listener =>
      (...args) => {
        try {
          listener(...args);
        } catch (error) {
          settle(error);
        }
      };
    const onEvents: Record<string, Listener> = {
      data: (chunk: Uint8Array) => {
        const refused = body.add(chunk);
        if (refused) settle(refused);
      },
      end: () => (hasTrailers(request) ? refuseMalformed() : settle(null)),
      error: refuseMalformed,
      // If `end` came first, this listener is removed.
      close: refuseMalformed,
    };
    const listeners = Object.entries(onEvents).map(([event, listener]) => [event, caught(listener)] as const);
    const stop = watchArrival(body, minRate, settle);
    for (const [event, listener] of listeners) request.on(event, listener);
    // It emits no more events.
    if (request.destroyed) refuseMalformed();
  });
}

/**
 * The raw list of headers. A request that a platform made from an event may have a number in it (@codegenie/serverless-express), or
 * no list, only an object (serverless-http): the handler sees that one too. It has repeated headers joined, which is refused.
 */
export function listedHeaders({ rawHeaders = [], headers = {} }: NodeRequest): readonly string[] {
  if (rawHeaders.length > 0) return rawHeaders.map(String);
  return Object.entries(headers).flatMap(([name, given]) =>
    [given ?? []].flat().flatMap((value) => [name, String(value)]),
  );
}

/**
 * The headers as they were sent, in pairs. The pseudo-headers of HTTP/2 are not headers; `:authority` replaces
 * `host` (RFC 9113 §8.3.1). A `host` that differs from it is kept as well, so that the request has two and is refused.
 */
export function sentHeaders(rawHeaders: readonly string[]): [string, string][] {
  const all = rawHeaders.flatMap((name, i): [string, string][] =>
    i % 2 ? [] : [[name, rawHeaders[i + 1] ?? '']],
  );
  const headers = all.filter(([name]) => !name.startsWith(':'));
  const authority = all.find(([name]) => name === ':authority')?.[1];
  const hasIt = headers.some(([name, value]) => name.toLowerCase() === 'host' && value === authority);
  return authority === undefined || hasIt ? headers : [['host', authority], ...headers];
}

/**
 * Writes a response in place of the handler's, and discards the rest of the body as it arrives. Never throws: a
 * response that cannot be written ends the connection.
 */
export function writeNode(
  request: NodeRequest,
  response: NodeResponse,
  { status, headers, body }: GuardResponse,
): void {
  try {
    if (isClosed(response)) return;
    // The handler has begun its own response: break it off, so that no client mistakes it for a complete one.
    if (response.headersSent) return void response.destroy();
    const length = { 'content-length': String(new TextEncoder().encode(body).byteLength) };
    // A framework's own `writeHead` may return nothing, as Restify's does.
    response.writeHead(status, { ...headers, ...length, ...lastOfConnection(request) });
    response.write(body);
    endAfterBody(request, response);
  } catch {
    response.destroy();
  }
}

/** The header that ends the connection after a request that has not arrived whole. HTTP/2 has none (RFC 9113 §8.2.2). */
export function lastOfConnection({ complete, httpVersion }: NodeRequest): Record<string, string> {
  return complete !== false || httpVersion === '2.0' ? {} : { connection: 'close' };
}

/** Ends a response that is written once the sender of the request has finished, so that the response is not lost. */
function endAfterBody(request: NodeRequest, response: NodeResponse): void {
  const end = () => {
    // The HTTP/2 stream would stay open for the rest of the body.
    if (request.httpVersion === '2.0' && !request.complete) response.end(() => response.destroy());
    else response.end();
  };
  whenBodyDiscarded(request, end);
}

/** Discards a refused body. Calls back once: when the request has ended, or its sender has had its time. */
export function whenBodyDiscarded(request: NodeRequest, onDone: () => void): void {
  const discard = (chunk: Uint8Array) => sender?.note(chunk.byteLength);
  const end = () => {
    sender?.stop();
    request.off('data', discard);
    request.off('end', end);
    request.off('close', end);
    onDone();
  };
  const isOver = request.complete || request.readableEnded || request.destroyed;
  const sender = isOver ? null : watchRefused(request.socket.remoteAddress ?? null, end);
  dropBody(request);
  if (sender === null) {
    onDone();
    return;
  }
  request.on('data', discard);
  request.on('end', end);
  request.on('close', end);
}

/** Discards the rest of a refused body, and ignores a sender that disconnects. */
function dropBody(request: NodeRequest): void {
  request.on('error', () => {});
  request.resume();
}

const isClosed = ({ closed = false, destroyed = false, stream, req }: ClosingResponse): boolean =>
  closed || destroyed || (stream ? stream.destroyed : req?.socket?.destroyed === true);

/**
 * Calls back once a response is finished, or its connection is closed. Node closes only the response that it was writing:
 * pipelined ones, which wait behind it, learn of the end from the socket.
 * @returns what ends the wait
 */
export function whenClosed(response: ClosingResponse, onDone: () => void): () => void {
  if (isClosed(response)) {
    onDone();
    return () => {};
  }
  const stop = () => {
    response.off('close', done);
    leave();
  };
  const done = () => {
    stop();
    onDone();
  };
  response.once('close', done);
  const socket = response.stream ? undefined : response.req?.socket;
  const leave = socket?.once ? whenSocketCloses(socket, done) : () => {};
  return stop;
}

/** What waits for the end of each socket: one listener, however many requests are pipelined. */
const waitingForSocket = new WeakMap<object, Set<() => void>>();

function whenSocketCloses(socket: ClosingSocket, onDone: () => void): () => void {
  const waiting = waitingForSocket.get(socket) ?? new Set();
  if (!waitingForSocket.has(socket)) {
    waitingForSocket.set(socket, waiting);
    socket.once?.('close', () => {
      for (const done of [...waiting]) done();
    });
  }
  waiting.add(onDone);
  return () => void waiting.delete(onDone);
}

/**
 * Calls back five minutes after the connection of a response is closed, unless the returned function is called before.
 */
export const afterClose = (response: ClosingResponse, onDone: () => void): (() => void) =>
  afterLeaving((onLeft) => whenClosed(response, onLeft), onDone);

/**
 * Calls back once a response is finished or, if its caller has left, once its handler has ended it all the same. A
 * framework does not report when a handler ends, and a Node response is closed as soon as its caller leaves: the
 * handler continues, with the body. For a handler that never ends its response, the wait is five minutes.
 */
export function whenHandlerEnded(response: EndingResponse, onDone: () => void): void {
  whenClosed(response, () => {
    if (response.writableEnded) return onDone();
    const stop = afterLeaving((onLeft) => {
      onLeft();
      return () => {};
    }, onDone);
    const { end } = response;
    response.end = function (this: EndingResponse, ...given: unknown[]) {
      response.end = end;
      stop();
      onDone();
      return end.apply(this, given);
    };
  });
}

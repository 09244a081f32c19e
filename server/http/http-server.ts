import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { BACKCHANNEL_LOGOUT_PATH } from '../auth/external/registered-urls.ts';
import { checkTarget } from '../gate/request/request-validation.ts';
import type { AddressList } from '../lib/address-list.ts';
import { batchCalls } from '../lib/concurrency/batch-calls.ts';
import type { MaybePromise } from '../lib/concurrency/maybe-promise.ts';
import { Refusal } from '../lib/refusal.ts';
import { Connections } from './connections/connections.ts';
import { LingeringClose } from './connections/lingering-close.ts';
import { PageRateLimit } from './pages/page-rate-limit.ts';
import { servePage } from './pages/serve-page.ts';
import { newRequestId } from './request/api-request.ts';
import { basePathOf, withoutBasePath } from './request/base-path.ts';
import { checkExpectation } from './request/expectation.ts';
import { checkFraming } from './request/framing.ts';
import { parseRefusal, sendToConnection, tunnelRefusal } from './request/parse-error.ts';
import { sendError } from './response/response.ts';
import { serveApi } from './serve-api.ts';
import { serveProviderLogout } from './serve-provider-logout.ts';
import type { ServerContext } from './server-context.ts';

/** Time for requests in flight to finish when the service stops. */
const STOP_MS = 10_000;

/** Node's limits on what may arrive, and how slowly: milliseconds and bytes. */
const SERVER = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
  // A request without `host` is refused with a message that names the rule; Node's own refusal has none.
  requireHostHeader: false,
};

interface Timeouts {
  /** How long a connection may wait for its next request. Load balancers must close it first. */
  readonly keepAliveSeconds: number;
  /**
   * The time within which a whole request must arrive; 0 for no limit. A large body takes a long time over a slow connection:
   * `body-budgets.ts` sets the minimum rate.
   */
  readonly requestSeconds: number;
}

/** More than `Connections` allows untrusted peers, so that a trusted proxy can always connect. `Connections` refuses the excess with a message. */
const MAX_CONNECTIONS = 20_000;

/** An HTTP server that listens before the service is ready, and responds with 503 until then. */
export class HttpServer {
  readonly #server: Server;
  readonly #stopping = new AbortController();
  readonly #connections: Connections;
  readonly #lingering = new LingeringClose();
  readonly #pageRateLimit: PageRateLimit;
  #draining = false;
  #serverContext: ServerContext | null = null;
  readonly #originAt: (port: number) => string;
  /** The first public origin. */
  #origin = '';
  #basePath = '';

  /**
   * @param originAt the first public origin of a server that listens on a port
   * @param trustedProxies proxies whose connections carry many clients
   */
  constructor(originAt: (port: number) => string, trustedProxies: AddressList | null, timeouts: Timeouts) {
    this.#originAt = originAt;
    this.#connections = new Connections(trustedProxies);
    this.#pageRateLimit = new PageRateLimit(trustedProxies);
    const serve = (request: IncomingMessage, response: ServerResponse) =>
      this.#safely(request, response, () => this.#serve(request, response));
    this.#server = createServer({ ...SERVER, ...millisecondsOf(timeouts) }, serve);
    // By default Node sends 100 (Continue) before the caller is known, and responds to any other expectation itself.
    this.#server.on('checkContinue', serve).on('checkExpectation', serve);
    this.#server.on('connection', (socket: Socket) => {
      this.#connections.add(socket);
      this.#lingering.adopt(socket, (ending) => this.#connections.payerOf(ending));
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
    // Node drops headers beyond its limit silently, so there is no limit here: `checkHeaders` counts them.
    this.#server.maxHeadersCount = 0;
    this.#server.on('clientError', (error, socket) =>
      this.#refuseOn(socket as Socket, () => parseRefusal(error)),
    );
    // If nobody listens, Node closes the connection without a response.
    this.#server.on('connect', (_, socket) => {
      // Node has removed its own listener, and a socket error without a listener ends the process.
      socket.on('error', () => {});
      this.#refuseOn(socket as Socket, tunnelRefusal);
    });
    // Every open stream listens for the shutdown.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** @returns the port. Rejects if it is in use. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        const bound = typeof address === 'object' && address ? address.port : port;
        this.#origin = this.#originAt(bound);
        this.#basePath = basePathOf(this.#origin);
        resolve(bound);
      });
    });
  }

  /** Makes `/api` respond; before this call, it refuses with UNAVAILABLE. */
  startServing(serverContext: ServerContext): void {
    this.#serverContext = serverContext;
  }

  /**
   * Makes each connection end with its next response, so that clients that keep connections open connect elsewhere before the
   * port closes.
   */
  drain(): void {
    this.#draining = true;
  }

  /** Stops accepting connections, lets accepted calls finish, ends streams, then closes what remains. */
  async stop(): Promise<void> {
    this.drain();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const response of this.#connections.unfinishedResponses()) endConnectionAfter(response);
    this.#stopping.abort();
    this.#server.closeIdleConnections();
    // Node's own `closeAllConnections` leaves out those that asked for a tunnel.
    const deadline = setTimeout(() => this.#connections.destroyAll(), STOP_MS);
    await closed;
    clearTimeout(deadline);
    this.#connections.close();
  }

  #serve(request: IncomingMessage, response: ServerResponse): MaybePromise<void> {
    // No listener accepts upgrades, so Node drops what follows the request.
    const isLast = this.#draining || request.headers.upgrade !== undefined;
    if (isLast) response.setHeader('connection', 'close');
    // A client that disconnects is not an error of the service.
    request.on('error', () => {});
    response.on('error', () => {});
    const decision = this.#connections.begin(request.socket, response);
    if (decision === 'ignore') return;
    const target = withoutBasePath(request.url ?? '', this.#basePath);
    const refuse = (refusal: Refusal, requestId = newRequestId()) =>
      sendError(request, response, refusal, { requestId, origin: this.#origin });
    if (decision === 'refuse') {
      response.setHeader('connection', 'close');
      return refuse(new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'too many requests on one connection'));
    }
    try {
      checkFraming(request);
      checkExpectation(request);
      checkTarget(request.url ?? '');
      if (target !== request.url) checkTarget(target);
    } catch (error) {
      // If the end of a request is uncertain, so is the beginning of the next one.
      response.setHeader('connection', 'close');
      const requestId = newRequestId();
      this.#recordUnrouted(error as Refusal, requestId);
      return refuse(error as Refusal, requestId);
    }
    request.url = target;
    const path = target.split('?', 1)[0] as string;
    if (!path.startsWith('/api/')) {
      const early = this.#pageRateLimit.refusalOf(path, request);
      if (early) return refuse(early);
      if (path === BACKCHANNEL_LOGOUT_PATH)
        return serveProviderLogout(request, response, this.#serverContext);
      return servePage(path, request, response, this.#serverContext, this.#origin);
    }
    const serverContext = this.#serverContext;
    if (serverContext === null) return refuse(new Refusal('UNAVAILABLE'));
    const serve = () => serveApi(request, response, serverContext, this.#stopping.signal);
    startTogether(() => this.#safely(request, response, serve));
  }

  /** Runs a part of serving a request. An exception in a listener, or a rejection, would end the process. */
  #safely(request: IncomingMessage, response: ServerResponse, serve: () => MaybePromise<void>): void {
    try {
      const served = serve();
      if (served instanceof Promise) served.catch((err: unknown) => this.#fail(request, response, err));
    } catch (err) {
      this.#fail(request, response, err);
    }
  }

  /** Responds to a request that could not be served. */
  #fail(request: IncomingMessage, response: ServerResponse, err: unknown): void {
    const requestId = newRequestId();
    try {
      this.#serverContext?.service.log.error({ requestId, err }, 'request failed');
      sendError(request, response, new Refusal('INTERNAL'), { requestId, origin: this.#origin });
    } catch {
      response.destroy();
    }
  }

  /** Refuses what arrived on a connection without a request that gets its own response. */
  #refuseOn(socket: Socket, refusalOf: () => Refusal): void {
    // What arrived follows a request whose response is complete.
    if (this.#connections.hasResponded(socket)) return void socket.destroySoon();
    const refusal = refusalOf();
    const responding = this.#connections.isResponding(socket);
    const requestId = sendToConnection(refusal, socket, responding, this.#origin);
    if (requestId !== null) this.#recordUnrouted(refusal, requestId);
  }

  /** Counts and logs a request that was refused before it was routed to a procedure. */
  #recordUnrouted(refusal: Refusal, requestId: string): void {
    this.#serverContext?.metrics.recordUnrouted(refusal.reason);
    this.#serverContext?.refusalLog.record(refusal, requestId);
  }
}

/**
 * Serves API requests once all sockets that are ready have been read. By then most bodies are complete, so no request has to
 * wait for its body, and requests run and get their responses together. Sending each response by itself would cost another turn
 * of the event loop.
 */
const startTogether = batchCalls<() => void>(setImmediate, (start) => start());

/** Node accepts no headers timeout that is longer than the request timeout. */
function millisecondsOf({ keepAliveSeconds, requestSeconds }: Timeouts) {
  const requestTimeout = requestSeconds * 1_000;
  const headersTimeout = Math.min(SERVER.headersTimeout, requestTimeout || SERVER.headersTimeout);
  return { keepAliveTimeout: keepAliveSeconds * 1_000, requestTimeout, headersTimeout };
}

/** Ends keep-alive, so that an idle connection does not delay the shutdown. */
function endConnectionAfter(response: ServerResponse): void {
  const { socket } = response;
  if (response.headersSent) response.once('finish', () => socket?.destroySoon());
  else response.setHeader('connection', 'close');
}

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import { addressPath } from '../../shared/fairness/fairness-path.ts';
import { plainAddress } from '../../shared/ip.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { LingeringClose } from './connections/lingering-close.ts';
import { PortUnavailable } from './port-unavailable.ts';
import { parseRefusal } from './request/parse-error.ts';
import { send } from './response/response.ts';

/** Enough for a few scrapers, each with a request of one line and some headers. In milliseconds and bytes. */
const SERVER = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
  // Only `/metrics` is served on this port, however the target is written.
  requireHostHeader: false,
};
const MAX_CONNECTIONS = 32;

/** Bounds of lingering connections: scrapers close theirs by themselves. */
const LINGER = { idleMs: 2_000, totalMs: 10_000, bytes: 16 * 1024 * 1024, connections: 16 };

/** A separate port that serves only `/metrics`; 503 until the service is ready. */
export class MetricsServer {
  readonly #server: Server;
  readonly #lingering = new LingeringClose(LINGER);
  readonly #open = new Set<Socket>();
  #metrics: Metrics | null = null;

  constructor() {
    // A rejection would end the process.
    const fail = (response: ServerResponse) => () => void response.destroy();
    this.#server = createServer(
      SERVER,
      (request, response) => void this.#serve(request, response).catch(fail(response)),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      this.#lingering.adopt(socket, () => addressPath(plainAddress(socket.remoteAddress ?? '')));
    });
    this.#server.on('clientError', (error, socket) =>
      refuseOn(socket as Socket, parseRefusal(error).status, ''),
    );
    this.#server.on('connect', (_, socket) => {
      // Node has removed its own listener, and a socket error without a listener ends the process.
      socket.on('error', () => {});
      refuseOn(socket as Socket, 405, 'allow: GET\r\n');
    });
  }

  /** @returns the port. @throws PortUnavailable */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', ({ code }: NodeJS.ErrnoException) => {
        const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be opened (${code})`;
        const fix = 'Stop the process that listens there, or set another KEYSEAL_METRICS_PORT';
        reject(new PortUnavailable(`KEYSEAL_METRICS_PORT ${port} of ${host} ${why}. ${fix}.`));
      });
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  startServing(metrics: Metrics): void {
    this.#metrics = metrics;
  }

  /** Scrapes in progress are cut off: the scraper repeats them. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // Node's own `closeAllConnections` leaves out those that asked for a tunnel.
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {});
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== '/metrics') return sendStatus(response, 404);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return sendStatus(response, 405, { allow: 'GET' });
    if (this.#metrics === null) return sendStatus(response, 503);
    const { status, headers, body } = await metricsPage(this.#metrics);
    send(response, status, [headers], body);
  }
}

/** Ends a connection on which Node hands over no request to respond to. @param headers lines */
function refuseOn(socket: Socket, status: number, headers: string): void {
  if (!socket.writable) return void socket.destroy();
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers}connection: close\r\ncontent-length: 0\r\n\r\n`,
  );
  socket.destroySoon();
}

function sendStatus(response: ServerResponse, status: number, more: Record<string, string> = {}): void {
  // The body of a refused request is discarded.
  send(response, status, [{ 'cache-control': 'no-store', connection: 'close', ...more }], '');
}

/** The response to `/metrics`, on either port; 500 if a number cannot be read, which must not end the process. */
export async function metricsPage(metrics: Metrics, read: () => Promise<string> = () => metrics.text()) {
  const headers = {
    'content-type': metrics.contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  const body = await read().catch(() => null);
  return { status: body === null ? 500 : 200, headers, body: body ?? '' };
}

import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Reason } from '../../shared/refusals.ts';
import { checkTarget } from '../gate/malformed.ts';
import { Refusal } from '../refusal.ts';
import { answer, refuse } from './answer.ts';
import { serveApi } from './api.ts';
import { newRequestId } from './api-request.ts';
import { consolePage, isConsole } from './console.ts';
import { type MakesPage, PAGES, type Page } from './pages.ts';
import type { Serving } from './serving.ts';
import { answerUnparsed } from './unparsed.ts';

/** Time for what is under way when the service stops. */
const STOP_MS = 10_000;

/** The socket's side: limits on what may arrive, and how slowly. Milliseconds and bytes. */
const SERVER = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
  // Refused by us, in words.
  requireHostHeader: false,
};
const MAX_CONNECTIONS = 20_000;

/** A front that listens before there is a service behind it, and answers 503 until then. */
export class Front {
  readonly #server: Server;
  readonly #stopping = new AbortController();
  /** Answers that are not out yet. */
  readonly #open = new Set<ServerResponse>();
  #serving: Serving | null = null;
  readonly #originAt: (port: number) => string;
  /** The first public origin. */
  #origin = '';

  /** @param originAt the first public origin of a front that listens on a port */
  constructor(originAt: (port: number) => string) {
    this.#originAt = originAt;
    this.#server = createServer(SERVER, (request, response) => void this.#serve(request, response));
    this.#server.maxConnections = MAX_CONNECTIONS;
    // All headers are kept, so that none is dropped unseen; `checkHeaders` counts them.
    this.#server.maxHeadersCount = 0;
    this.#server.on('clientError', (error, socket) => {
      const answering = [...this.#open].some((open) => open.socket === socket && open.headersSent);
      const reason = answerUnparsed(error, socket, answering, this.#origin);
      if (reason) this.#serving?.metrics.noteUnread(reason);
    });
    // Every open stream listens for the stop.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** @returns the port. Rejects where it is taken. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        const bound = typeof address === 'object' && address ? address.port : port;
        this.#origin = this.#originAt(bound);
        resolve(bound);
      });
    });
  }

  serve(serving: Serving): void {
    this.#serving = serving;
  }

  /** Takes no more connections, lets accepted calls finish, ends streams, then closes what is left. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const response of this.#open) endConnectionAfter(response);
    this.#stopping.abort();
    this.#server.closeIdleConnections();
    const deadline = setTimeout(() => this.#server.closeAllConnections(), STOP_MS);
    await closed;
    clearTimeout(deadline);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#stopping.signal.aborted) response.setHeader('connection', 'close');
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    // A client that is gone is no error of ours.
    response.on('error', () => {});
    const target = request.url ?? '';
    const refused = (refusal: Refusal) =>
      refuse(request, response, refusal, undefined, newRequestId(), this.#origin);
    try {
      // RFC 9112 §3.2.
      if (request.httpVersion === '1.1' && request.headers.host === undefined) {
        throw new Refusal('REQUEST_MALFORMED');
      }
      checkTarget(target);
    } catch (error) {
      this.#serving?.metrics.noteUnread((error as Refusal).reason);
      return refused(error as Refusal);
    }
    const path = target.split('?', 1)[0] as string;
    if (!path.startsWith('/api/')) return this.#servePlain(path, request, response);
    if (this.#serving === null) return refused(new Refusal('UNAVAILABLE'));
    await serveApi(request, response, this.#serving, this.#stopping.signal);
  }

  /** What lies beside `/api`: open to anyone, on any authority. */
  async #servePlain(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = path === '/metrics' && this.#serving?.tellsMetrics === false ? undefined : pageAt(path);
    const refused = (reason: Reason, more = {}) =>
      refuse(request, response, new Refusal(reason), undefined, newRequestId(), this.#origin, more);
    if (!page) return refused('PROCEDURE_NOT_FOUND');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return refused('METHOD_NOT_SUPPORTED', { allow: 'GET' });
    }
    const made = await pageOrNull(page, this.#serving, request);
    if (!made) return refused('INTERNAL');
    const { status, body, headers } = made;
    answer(
      response,
      status,
      [{ 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }],
      body,
    );
  }
}

/** What answers a path beside `/api`: a page of its own, or the console. */
function pageAt(path: string): MakesPage | undefined {
  if (Object.hasOwn(PAGES, path)) return PAGES[path];
  return isConsole(path) ? consolePage : undefined;
}

/** A page as it is answered; null where it cannot be made, which the log is told. */
async function pageOrNull(
  page: MakesPage,
  serving: Serving | null,
  request: IncomingMessage,
): Promise<Page | null> {
  try {
    return await page(serving, request);
  } catch (err) {
    serving?.service.log.error({ err }, 'page failed');
    return null;
  }
}

/** A connection that is kept alive would hold the stop up once its answer is out. */
function endConnectionAfter(response: ServerResponse): void {
  const { socket } = response;
  if (response.headersSent) response.once('finish', () => socket?.destroySoon());
  else response.setHeader('connection', 'close');
}

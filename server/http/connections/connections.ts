import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import { addressPath, type FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { plainAddress } from '../../../shared/ip.ts';
import { headerValues } from '../../../shared/request-rules.ts';
import type { AddressList } from '../../lib/address-list.ts';
import { openFilesLimit } from '../../lib/open-files-limit.ts';
import { clientAddress, isTrusted } from '../request/forwarded.ts';
import { excessUnread, type UnreadResponses, unreadBytes } from './unread-responses.ts';
import { WaitingList } from './waiting-list.ts';

/** Connections of all peers except trusted proxies, which carry the requests of many clients. */
const MAX_DIRECT = 16_384;
/** The share of the process's file limit; the rest is for proxies, the database and pages. */
const SHARE_OF_FILE_LIMIT = 0.75;
/** Files that the process itself has open: mostly the database's, when it is PGlite. */
const PROCESS_FILES = 200;
/** How many waiting connections of an IP address are searched for one that has sent nothing yet. */
const IDLE_SEARCHED = 16;
/** Requests in progress on one connection: HTTP/1.1 clients may send them without waiting (RFC 9112 §9.3.2). */
const MAX_PIPELINED = 16;

/** The decision about a request: the first one over the limit is refused, later ones are ignored. */
export type RequestDecision = 'serve' | 'refuse' | 'ignore';

/** The connections of one IP address. */
interface Peers {
  count: number;
  /** The connections without a request in progress. */
  readonly idle: WaitingList<Connection>;
}

interface Connection {
  readonly socket: Socket;
  /** The IP address that pays for it; null for a trusted proxy. */
  readonly key: FairnessPath | null;
  /** The connections of the same IP address; null for a trusted proxy. */
  readonly peers: Peers | null;
  /**
   * Responses that are not written completely yet, in the order of their requests. An array, since a `Set` that lives long and changes
   * with every request keeps removed entries alive until the next full garbage collection.
   */
  readonly responses: ServerResponse[];
  /** Bytes that had arrived when it began to wait for a request. */
  bytesReadWhenIdle: number;
  ending: boolean;
  /** Bytes that its peer had read at the last check, and since when that has not changed; null if nothing waits. */
  progress: { readonly bytes: number; readonly since: number } | null;
  /** Its neighbours in the list of idle connections. */
  before: Connection | null;
  after: Connection | null;
}

/** When the connection of a peer that reads nothing is closed, and how much may wait for all peers. */
interface StallBounds {
  /** Milliseconds between two checks. */
  readonly everyMs: number;
  /** Milliseconds without progress, in addition to the time that the waiting bytes need at `rate`. */
  readonly graceMs: number;
  /** Bytes per second. */
  readonly rate: number;
  /** Bytes of responses in memory that peers have not read yet. */
  readonly maxUnread: number;
}
const STALL: StallBounds = {
  everyMs: 1_000,
  graceMs: 20_000,
  rate: 8 * 1024,
  maxUnread: 256 * 1024 * 1024,
};

/** Divides connections among IP addresses, and bounds the concurrent requests of one connection. */
export class Connections {
  readonly #trusted: AddressList | null;
  readonly #budget = new FairBudget(
    Math.min(MAX_DIRECT, Math.floor((openFilesLimit() - PROCESS_FILES) * SHARE_OF_FILE_LIMIT)),
  );
  readonly #open = new Map<Socket, Connection>();
  readonly #peers = new Map<string, Peers>();

  readonly #stall: StallBounds;
  readonly #stallTimer: NodeJS.Timeout;

  /** @param trusted proxies, whose connections are not counted */
  constructor(trusted: AddressList | null, stall: StallBounds = STALL) {
    this.#trusted = trusted;
    this.#stall = stall;
    this.#stallTimer = setInterval(() => this.#endStalled(), stall.everyMs).unref();
  }

  /** Aborts all connections. */
  destroyAll(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  /** Stops the checks for peers that read nothing. */
  close(): void {
    clearInterval(this.#stallTimer);
  }

  /**
   * Accepts a new connection. If its IP address has used up its share, the connection replaces an idle one of that address, or
   * is closed if there is none.
   */
  add(socket: Socket): void {
    const peer = plainAddress(socket.remoteAddress ?? '');
    const key = isTrusted(peer, this.#trusted) ? null : addressPath(peer);
    if (key && !this.#budget.take(key, 1) && !this.#replaceIdle(key)) return void socket.destroy();
    const peers = key && this.#joinPeers(key);
    const connection = newConnection(socket, key, peers);
    this.#open.set(socket, connection);
    setIdle(connection);
    socket.once('close', () => this.#remove(socket));
  }

  /** Registers a request of a connection, until its response ends or is aborted. */
  begin(socket: Socket, response: ServerResponse): RequestDecision {
    const connection = this.#open.get(socket);
    if (!connection || connection.ending) return 'ignore';
    const { responses, peers } = connection;
    if (responses.length >= MAX_PIPELINED) connection.ending = true;
    peers?.idle.delete(connection);
    responses.push(response);
    response.once('close', () => {
      responses.splice(responses.indexOf(response), 1);
      if (responses.length === 0 && this.#open.has(socket)) setIdle(connection);
    });
    return connection.ending ? 'refuse' : 'serve';
  }

  /** Responses of all connections that are not written completely yet. */
  unfinishedResponses(): ServerResponse[] {
    return [...this.#open.values()].flatMap(({ responses }) => responses);
  }

  /** The fairness path that a connection is charged to: its IP address or, for a trusted proxy, the client of its last request. */
  payerOf(socket: Socket): FairnessPath {
    const connection = this.#open.get(socket);
    const peer = socket.remoteAddress ?? '';
    const last = connection?.responses.at(-1);
    if (!last || connection?.key) return connection?.key ?? addressPath(plainAddress(peer));
    return addressPath(clientAddress(peer, headerValues(last.req.rawHeaders), this.#trusted));
  }

  /** Whether a client would read bytes that are written to the connection now as the response to a complete request. */
  isResponding(socket: Socket): boolean {
    const [first, ...others] = this.#open.get(socket)?.responses ?? [];
    return first !== undefined && (first.headersSent || first.req.complete || others.length > 0);
  }

  /** Whether every request of a connection has its whole response, although some bytes are not sent yet. */
  hasResponded(socket: Socket): boolean {
    const [first, ...others] = this.#open.get(socket)?.responses ?? [];
    return first?.writableEnded === true && others.length === 0;
  }

  /**
   * Replaces an idle connection of the same IP address: of those that have waited longest, one that has sent nothing, or else
   * the first. Returns false if there is none.
   */
  #replaceIdle(key: FairnessPath): boolean {
    const longest = this.#peers.get(nameOf(key))?.idle.first(IDLE_SEARCHED) ?? [];
    const replaced =
      longest.find(({ socket, bytesReadWhenIdle }) => socket.bytesRead === bytesReadWhenIdle) ?? longest[0];
    if (!replaced) return false;
    this.#remove(replaced.socket);
    replaced.socket.destroy();
    return this.#budget.take(key, 1);
  }

  /** Ends connections whose peer reads nothing of what waits for it, and the largest if too much waits: responses are in memory. */
  #endStalled(): void {
    const now = performance.now();
    const unread: UnreadResponses[] = [];
    for (const [socket, connection] of this.#open) {
      const allWaiting = unreadBytes(socket, connection.responses);
      if (allWaiting > 0) unread.push({ socket, payer: this.payerOf(socket), bytes: allWaiting });
      const waiting = socket.writableLength;
      const bytes = socket.bytesWritten - waiting;
      if (waiting === 0) connection.progress = null;
      else if (connection.progress?.bytes !== bytes) connection.progress = { bytes, since: now };
      else if (now - connection.progress.since > this.#stall.graceMs + (waiting / this.#stall.rate) * 1_000)
        socket.destroy();
    }
    for (const socket of excessUnread(unread, this.#stall.maxUnread)) socket.destroy();
  }

  #joinPeers(key: FairnessPath): Peers {
    const name = nameOf(key);
    const peers = this.#peers.get(name) ?? { count: 0, idle: new WaitingList<Connection>() };
    peers.count++;
    this.#peers.set(name, peers);
    return peers;
  }

  #remove(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (!connection) return;
    this.#open.delete(socket);
    endQueued(connection);
    const { key, peers } = connection;
    if (!key || !peers) return;
    peers.idle.delete(connection);
    if (--peers.count === 0) this.#peers.delete(nameOf(key));
    this.#budget.release(key, 1);
  }
}

/** Node closes only the response that it was writing: pipelined ones, which wait behind it, would never learn of the end. */
function endQueued({ responses }: Connection): void {
  for (const response of responses.filter((one) => one.socket === null)) {
    response.destroy();
    response.emit('close');
  }
}

const newConnection = (socket: Socket, key: FairnessPath | null, peers: Peers | null): Connection => ({
  socket,
  key,
  peers,
  responses: [],
  bytesReadWhenIdle: 0,
  ending: false,
  progress: null,
  before: null,
  after: null,
});

function setIdle(connection: Connection): void {
  connection.bytesReadWhenIdle = connection.socket.bytesRead;
  connection.peers?.idle.add(connection);
}

const nameOf = (key: FairnessPath): string => key.join(' ');

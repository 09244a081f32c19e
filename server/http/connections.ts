import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FairBudget } from '../../shared/fairness/fair-budget.ts';
import { addressKey, type FairnessKey } from '../../shared/fairness/fairness-key.ts';
import { plainAddress } from '../../shared/ip.ts';
import type { AddressList } from '../lib/address-list.ts';
import { isTrusted } from './forwarded.ts';

/** Connections of all peers but trusted proxies, which bring the connections of many. */
const MAX_DIRECT = 16_384;
/** Of the files that the process may open; the rest is for proxies, the database and pages. */
const PART_OF_FILES = 0.75;
/** How many waiting connections of an address are looked at for one that has sent nothing yet. */
const LOOKED_AT = 16;
/** Requests that one connection has under way: HTTP/1.1 clients may send them without waiting (RFC 9112 §9.3.2). */
const MAX_PIPELINED = 16;

/** What is to become of a request: the first request over the limit is refused, later ones are ignored. */
export type Turn = 'serve' | 'refuse' | 'ignore';

interface Connection {
  /** Whom it is charged to; null for a trusted proxy. */
  readonly key: FairnessKey | null;
  /** Answers that are not out yet, in the order of their requests. */
  readonly answers: Set<ServerResponse>;
  /** Bytes that had arrived when it began to wait for a request. */
  readBefore: number;
  ending: boolean;
}

/** Divides connections among addresses, and bounds what one connection asks for at a time. */
export class Connections {
  readonly #trusted: AddressList | null;
  readonly #budget = new FairBudget(Math.min(MAX_DIRECT, Math.floor(openFilesLimit() * PART_OF_FILES)));
  readonly #open = new Map<Socket, Connection>();
  /** Connections without a request under way, by address, the one that waits longest first. */
  readonly #idle = new Map<string, Set<Socket>>();

  /** @param trusted proxies, whose connections count for nobody */
  constructor(trusted: AddressList | null) {
    this.#trusted = trusted;
  }

  /**
   * Takes a new connection. If the share of its address is used up, it takes the place of one from there that waits for
   * a request, and is ended if there is none.
   */
  add(socket: Socket): void {
    const peer = plainAddress(socket.remoteAddress ?? '');
    const key = isTrusted(peer, this.#trusted) ? null : addressKey(peer);
    if (key && !this.#budget.take(key, 1) && !this.#replaceIdle(key)) return void socket.destroy();
    const connection = { key, answers: new Set<ServerResponse>(), readBefore: 0, ending: false };
    this.#open.set(socket, connection);
    this.#setIdle(socket, connection, true);
    socket.once('close', () => this.#remove(socket));
  }

  /** Notes a request of a connection, until its answer is out or broken off. */
  begin(socket: Socket, response: ServerResponse): Turn {
    const connection = this.#open.get(socket);
    if (!connection || connection.ending) return 'ignore';
    const { answers } = connection;
    if (answers.size >= MAX_PIPELINED) connection.ending = true;
    this.#setIdle(socket, connection, false);
    answers.add(response);
    response.once('close', () => {
      answers.delete(response);
      if (answers.size === 0 && this.#open.has(socket)) this.#setIdle(socket, connection, true);
    });
    return connection.ending ? 'refuse' : 'serve';
  }

  /** Whether what is written to a connection now would be taken for the answer to a request that is whole. */
  isAnswering(socket: Socket): boolean {
    const [first, ...others] = this.#open.get(socket)?.answers ?? [];
    return first !== undefined && (first.headersSent || first.req.complete || others.length > 0);
  }

  /**
   * Takes the place of a connection from the same address: of those that have waited longest one that has sent nothing,
   * else the first. Returns false if none waits.
   */
  #replaceIdle(key: FairnessKey): boolean {
    const waiting = (this.#idle.get(nameOf(key)) ?? new Set()).values();
    const longest = Array.from({ length: LOOKED_AT }, () => waiting.next().value).filter(
      (one) => one !== undefined,
    );
    const replaced = longest.find((one) => one.bytesRead === this.#open.get(one)?.readBefore) ?? longest[0];
    if (!replaced) return false;
    this.#remove(replaced);
    replaced.destroy();
    return this.#budget.take(key, 1);
  }

  #remove(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (!connection) return;
    this.#open.delete(socket);
    this.#setIdle(socket, connection, false);
    if (connection.key) this.#budget.giveBack(connection.key, 1);
  }

  #setIdle(socket: Socket, connection: Connection, isIdle: boolean): void {
    const { key } = connection;
    if (!key) return;
    if (isIdle) connection.readBefore = socket.bytesRead;
    const name = nameOf(key);
    const idle = this.#idle.get(name) ?? new Set();
    if (isIdle) idle.add(socket);
    else idle.delete(socket);
    if (idle.size > 0) this.#idle.set(name, idle);
    else this.#idle.delete(name);
  }
}

const nameOf = (key: FairnessKey): string => key.join(' ');

/** How many files and sockets the process may have open, as Linux says; unlimited if the system does not say. */
function openFilesLimit(): number {
  try {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

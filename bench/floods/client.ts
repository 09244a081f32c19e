import { connect, type Socket } from 'node:net';
import { readAnswers } from '../load/answers.ts';

/** The server closes the connection after this response. */
const LAST = /\r\nconnection: close\r\n/i;

interface Waiting {
  readonly outcomes: string[];
  readonly expected: number;
  readonly resolve: (outcomes: string[]) => void;
}

/**
 * Services close idle connections after ten seconds or so, and a request sent at that moment is lost. Milliseconds.
 */
const IDLE_MS = 5_000;

/** One keep-alive connection that reconnects whenever it was closed. It carries one exchange at a time. */
export class Client {
  readonly #port: number;
  readonly #from: string;
  readonly #patienceMs: number;
  #socket: Socket | null = null;
  #waiting: Waiting | null = null;
  #usedAt = 0;

  /**
   * @param from the local address, any of 127.0.0.0/8
   * @param patienceMs how long an exchange may take
   */
  constructor(port: number, from: string, patienceMs: number) {
    this.#port = port;
    this.#from = from;
    this.#patienceMs = patienceMs;
  }

  /** Sends requests in one write. @returns the outcome of each: a status, `closed` or `no answer` */
  exchange(bytes: string, expected = 1): Promise<string[]> {
    return new Promise((resolve) => {
      if (performance.now() - this.#usedAt > IDLE_MS) this.#end('closed');
      const late = setTimeout(() => this.#end('no answer'), this.#patienceMs);
      const done = (outcomes: string[]) => {
        clearTimeout(late);
        this.#usedAt = performance.now();
        resolve(outcomes);
      };
      this.#waiting = { outcomes: [], expected, resolve: done };
      this.#socket ??= this.#open();
      this.#socket.write(bytes, 'latin1');
    });
  }

  close(): void {
    this.#end('closed');
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: this.#from, noDelay: true });
    const read = readAnswers(({ status }) => this.#answered(status));
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      const text = String(chunk);
      read(text);
      // The server does not read what is sent after that.
      if (LAST.test(text) && this.#waiting === null) this.#end('closed');
    });
    socket.on('error', () => {});
    for (const over of ['end', 'close'] as const) {
      socket.on(over, () => this.#socket === socket && this.#end('closed'));
    }
    return socket;
  }

  #answered(status: number): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    waiting.outcomes.push(String(status));
    if (waiting.outcomes.length < waiting.expected) return;
    this.#waiting = null;
    waiting.resolve(waiting.outcomes);
  }

  /** Closes the connection. Requests without a response get this outcome. */
  #end(outcome: string): void {
    this.#socket?.destroy();
    this.#socket = null;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (!waiting) return;
    const { outcomes, expected, resolve } = waiting;
    resolve([...outcomes, ...Array<string>(expected - outcomes.length).fill(outcome)]);
  }
}

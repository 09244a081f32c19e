import type { IncomingMessage } from 'node:http';
import type { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { FairnessKey } from '../../../shared/fairness/fairness-key.ts';
import { broken } from '../../../shared/form-rules.ts';
import { EMPTY_SHA256 } from '../../../shared/signature.ts';
import type { Body } from '../../gate/request.ts';
import { Refusal, refusalOfFault } from '../../lib/refusal.ts';
import { ArrivingBytes } from './arriving-bytes.ts';

const INCOMPLETE = broken('body-incomplete', 'body');
const EMPTY: Body = { bytes: new Uint8Array(0), digest: EMPTY_SHA256 };

/** The terms under which a body is read. */
export interface BodyTerms {
  /** In bytes. */
  readonly limit: number;
  /** The group that the bytes are charged to, until they are released. */
  readonly budget: FairBudget;
  readonly payer: FairnessKey;
  /** The minimum rate of a sender, in bytes per second. */
  readonly minRate: number;
  /** Milliseconds over which the rate is averaged; no sender is cut off during the first of them. */
  readonly windowMs: number;
}

/** A body in memory. */
export interface BufferedBody {
  readonly body: Body;
  /** Returns its bytes to the budget; later calls do nothing. */
  readonly release: () => void;
}

/** Refuses a declared length over the limit, before anything is read. */
export function checkLength(request: IncomingMessage, limit: number): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
}

/** Whether a request has a body, by its headers (RFC 9112 §6). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/**
 * Reads a whole body, hashes it as it arrives, and charges its bytes to the budget until `release`.
 * Refuses with BODY_TOO_LARGE, REQUEST_TIMEOUT (too slow), REQUEST_MALFORMED (trailers, a body cut short), UNAVAILABLE
 * (budget). The request is left open then, so that it can be answered.
 */
export function readBody(request: IncomingMessage, terms: BodyTerms): Promise<BufferedBody> {
  return new Promise((resolve, reject) => {
    // Wait until all sockets that are ready have been read, so that their requests are answered together: a lone answer
    // costs another turn of the event loop, and wakes its client alone. Most bodies are complete by then.
    setImmediate(() => {
      if (hasBody(request)) new BodyReader(request, terms, resolve, reject).start();
      else resolve({ body: EMPTY, release: () => {} });
    });
  });
}

/** The refusal of a sender below the minimum rate. */
function tooSlow({ minRate, windowMs }: BodyTerms): Refusal {
  const message = `must keep up ${minRate} bytes a second, averaged over ${windowMs / 1000} s`;
  return refusalOfFault(broken('body-slow', 'body', 'REQUEST_TIMEOUT', message));
}

function tooLarge(limit: number): Refusal {
  const message = `must not be larger than ${limit} bytes`;
  return refusalOfFault(broken('body-size', 'body', 'BODY_TOO_LARGE', message));
}

/** Reads one body: settles once, then removes its listeners. */
class BodyReader {
  readonly #request: IncomingMessage;
  readonly #terms: BodyTerms;
  readonly #resolve: (body: BufferedBody) => void;
  readonly #reject: (error: unknown) => void;
  readonly #arriving = new ArrivingBytes();
  /** Bytes charged to the budget. */
  #charged = 0;
  /** Bytes that had arrived when the current window began. */
  #sizeAtWindow = 0;
  #timer: NodeJS.Timeout | null = null;
  #settled = false;

  constructor(
    request: IncomingMessage,
    terms: BodyTerms,
    resolve: (body: BufferedBody) => void,
    reject: (error: unknown) => void,
  ) {
    this.#request = request;
    this.#terms = terms;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    // A client that left before the first read emits no more events.
    if (this.#request.destroyed) this.#onClose();
    else if (this.#request.complete) this.#readComplete();
    else this.#readAsItComes();
  }

  #readAsItComes(): void {
    this.#listen('on');
    // Read what waits in the socket first: this process was slow, not the sender.
    this.#timer = setInterval(() => setImmediate(this.#checkPace), this.#terms.windowMs).unref();
  }

  /** An exception in a listener would end the process, so it fails the body instead. */
  readonly #safely =
    <A extends unknown[]>(handle: (...args: A) => void) =>
    (...args: A): void => {
      if (this.#settled) return;
      try {
        handle(...args);
      } catch (error) {
        this.#fail(error);
      }
    };

  readonly #onData = this.#safely((chunk: Buffer) => {
    const { limit, budget, payer } = this.#terms;
    if (this.#charged + chunk.length > limit) return this.#fail(tooLarge(limit));
    if (!budget.take(payer, chunk.length))
      return this.#fail(new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'the share of memory is used up'));
    this.#charged += chunk.length;
    this.#arriving.add(chunk);
  });

  readonly #onEnd = this.#safely(() => {
    if (this.#request.rawTrailers.length > 0)
      return this.#fail(refusalOfFault(broken('body-trailers', 'body')));
    const body = this.#charged === 0 ? EMPTY : this.#arriving.whole();
    this.#settle();
    this.#resolve({ body, release: this.#release });
  });

  readonly #onError = this.#safely((error: Error) => this.#fail(refusalOfFault(INCOMPLETE, error)));
  readonly #onClose = this.#safely(() => this.#fail(refusalOfFault(INCOMPLETE)));

  /** A body that has arrived as a whole needs no listeners. */
  readonly #readComplete = this.#safely(() => {
    const bytes: Buffer | null = this.#request.read();
    if (bytes) this.#onData(bytes);
    this.#onEnd();
  });

  #listen(how: 'on' | 'off'): void {
    const request = this.#request;
    request[how]('data', this.#onData)[how]('end', this.#onEnd);
    request[how]('error', this.#onError)[how]('close', this.#onClose);
  }

  readonly #checkPace = this.#safely(() => {
    const { minRate, windowMs } = this.#terms;
    if (this.#charged - this.#sizeAtWindow < (minRate * windowMs) / 1000)
      return this.#fail(tooSlow(this.#terms));
    this.#sizeAtWindow = this.#charged;
  });

  readonly #release = (): void => {
    this.#terms.budget.giveBack(this.#terms.payer, this.#charged);
    this.#charged = 0;
  };

  #fail(error: unknown): void {
    this.#settle();
    this.#release();
    this.#arriving.clear();
    this.#reject(error);
  }

  #settle(): void {
    this.#settled = true;
    if (this.#timer) clearInterval(this.#timer);
    this.#listen('off');
  }
}

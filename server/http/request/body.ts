import type { IncomingMessage } from 'node:http';
import type { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { formFault } from '../../../shared/form-rules.ts';
import { EMPTY_SHA256 } from '../../../shared/signature.ts';
import type { Body } from '../../gate/request/request.ts';
import type { MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import { Refusal, refusalOfFault } from '../../lib/refusal.ts';
import { ArrivingBytes } from './arriving-bytes.ts';

const INCOMPLETE = formFault('body-incomplete', 'body');
const EMPTY: Body = { bytes: new Uint8Array(0), digest: EMPTY_SHA256 };

/** The terms under which a body is read. */
export interface BodyTerms {
  /** In bytes. */
  readonly limit: number;
  /** The fairness path that the bytes are charged to, until they are released. */
  readonly budget: FairBudget;
  readonly payer: FairnessPath;
  /** The minimum rate of a sender, in bytes per second. */
  readonly minRate: number;
  /** Milliseconds over which the rate is averaged; no sender is cut off during the first of them. */
  readonly windowMs: number;
  /**
   * Consecutive windows in which a sender may be below the minimum rate, as long as its average since the beginning is not: a
   * connection may stall.
   */
  readonly slowWindows: number;
}

/** A body in memory. */
export interface BufferedBody {
  readonly body: Body;
  /** Returns its bytes to the budget; later calls do nothing. */
  readonly release: () => void;
}

const NO_BODY: BufferedBody = { body: EMPTY, release: () => {} };

/** Refuses a declared length over the limit, before anything is read. */
export function checkLength(request: IncomingMessage, limit: number): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
}

/** Whether a request has a body, by its headers (RFC 9112 §6). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/**
 * Reads a whole body, hashes it as it arrives, and charges its bytes to the budget until `release`. Returns a body that has
 * arrived already, and a promise of any other.
 * Refuses with BODY_TOO_LARGE, REQUEST_TIMEOUT (too slow), REQUEST_MALFORMED (trailers, a body cut short), UNAVAILABLE
 * (budget). The request is left open then, so that a response can be sent.
 */
export function readBody(request: IncomingMessage, terms: BodyTerms): MaybePromise<BufferedBody> {
  if (!hasBody(request)) return NO_BODY;
  // A client that left before the first read emits no more events.
  if (request.destroyed) throw refusalOfFault(INCOMPLETE);
  const reader = new BodyReader(request, terms);
  return request.complete ? reader.readComplete() : reader.readAsItComes();
}

/** The refusal of a sender below the minimum rate. */
function tooSlow({ minRate, windowMs }: BodyTerms): Refusal {
  const message = `must keep up ${minRate} bytes a second, averaged over ${windowMs / 1000} s`;
  return refusalOfFault(formFault('body-slow', 'body', 'REQUEST_TIMEOUT', message));
}

function tooLarge(limit: number): Refusal {
  const message = `must not be larger than ${limit} bytes`;
  return refusalOfFault(formFault('body-size', 'body', 'BODY_TOO_LARGE', message));
}

/** Reads one body. Settles once, then removes its listeners. */
class BodyReader {
  readonly #request: IncomingMessage;
  readonly #terms: BodyTerms;
  readonly #arriving = new ArrivingBytes();
  /** Bytes charged to the budget. */
  #charged = 0;
  #stopListening: (() => void) | null = null;
  #settled = false;

  constructor(request: IncomingMessage, terms: BodyTerms) {
    this.#request = request;
    this.#terms = terms;
  }

  /** A body that has arrived as a whole needs no listeners. */
  readComplete(): BufferedBody {
    try {
      const bytes: Buffer | null = this.#request.read();
      if (bytes) this.#add(bytes);
      return this.#end();
    } catch (error) {
      this.#clear();
      throw error;
    }
  }

  readAsItComes(): Promise<BufferedBody> {
    return new Promise((resolve, reject) => this.#listen(resolve, reject));
  }

  #listen(resolve: (body: BufferedBody) => void, reject: (error: unknown) => void): void {
    /** If a listener throws, the body fails; otherwise the exception would end the process. */
    const safely = (handle: () => void) => {
      if (this.#settled) return;
      try {
        handle();
      } catch (error) {
        this.#clear();
        reject(error);
      }
    };
    const failIncomplete = (cause?: Error) => {
      throw refusalOfFault(INCOMPLETE, cause);
    };
    const listeners = {
      data: (chunk: Buffer) => safely(() => this.#add(chunk)),
      end: () => safely(() => resolve(this.#end())),
      error: (error: Error) => safely(() => failIncomplete(error)),
      close: () => safely(() => failIncomplete()),
    };
    const each = Object.entries(listeners);
    for (const [event, listener] of each) this.#request.on(event, listener);
    // Read what waits in the socket first: this process was slow, not the sender.
    const rate = new ArrivalRate(this.#terms);
    const endWindow = () => setImmediate(() => safely(() => this.#endWindow(rate)));
    const timer = setInterval(endWindow, this.#terms.windowMs).unref();
    this.#stopListening = () => {
      clearInterval(timer);
      for (const [event, listener] of each) this.#request.off(event, listener);
    };
  }

  #add(chunk: Buffer): void {
    const { limit, budget, payer } = this.#terms;
    if (this.#charged + chunk.length > limit) throw tooLarge(limit);
    if (!budget.take(payer, chunk.length))
      throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'the share of memory is used up');
    this.#charged += chunk.length;
    this.#arriving.add(chunk);
  }

  #end(): BufferedBody {
    if (this.#request.rawTrailers.length > 0) throw refusalOfFault(formFault('body-trailers', 'body'));
    const body = this.#charged === 0 ? EMPTY : this.#arriving.whole();
    this.#settle();
    return { body, release: () => this.#release() };
  }

  #endWindow(rate: ArrivalRate): void {
    if (!rate.endWindow(this.#charged)) throw tooSlow(this.#terms);
  }

  #release(): void {
    this.#terms.budget.release(this.#terms.payer, this.#charged);
    this.#charged = 0;
  }

  /** Gives up, and keeps nothing of the body in memory. */
  #clear(): void {
    this.#settle();
    this.#release();
    this.#arriving.clear();
  }

  #settle(): void {
    this.#settled = true;
    this.#stopListening?.();
  }
}

/** Whether a body arrives fast enough, window by window. */
class ArrivalRate {
  /** The bytes that must arrive in a window. */
  readonly #minBytes: number;
  readonly #maxSlow: number;
  /** Bytes that had arrived when the current window began. */
  #sizeAtStart = 0;
  #windows = 0;
  /** Consecutive slow windows. */
  #slow = 0;

  constructor({ minRate, windowMs, slowWindows }: BodyTerms) {
    this.#minBytes = (minRate * windowMs) / 1000;
    this.#maxSlow = slowWindows;
  }

  /** Ends a window. @param size bytes that have arrived so far @returns false if the sender was too slow */
  endWindow(size: number): boolean {
    this.#windows++;
    this.#slow = size - this.#sizeAtStart < this.#minBytes ? this.#slow + 1 : 0;
    this.#sizeAtStart = size;
    const isLate = size < this.#windows * this.#minBytes;
    return this.#slow === 0 || (!isLate && this.#slow <= this.#maxSlow);
  }
}

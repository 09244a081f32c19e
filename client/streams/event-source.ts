import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { backoff } from '../calls/backoff.ts';
import type { Fetch } from '../signing/signing-fetch.ts';
import { SilenceTimer } from './silence-timer.ts';
import {
  afterService,
  failureOfError,
  failureOfEvent,
  failureOfResponse,
  type StreamFailure,
  streamless,
} from './stream-failure.ts';

/** An event. It is not a MessageEvent, because workerd's has no `lastEventId`. */
export interface StreamEvent {
  readonly type: string;
  readonly data: string;
  readonly lastEventId: string;
}

type Listener = (event: StreamEvent | Error) => void;

/** A connection that lasted this long, in milliseconds, does not count as a failure. */
const STABLE_MS = 5_000;
/** Consecutive attempts with a new signature after one was refused as expired or replayed. */
const MAX_RESIGNS = 5;
/** Milliseconds until the response begins. A procedure may work before its first event. */
const CONNECT_MS = 30_000;

/**
 * The events of one subscription over as many connections as necessary, in the manner of an EventSource. Each connection has a
 * new signature. The signed query says after which event it resumes, because headers are not
 * signed. It retries during outages; a permanent refusal ends the subscription.
 */
export class SignedEventSource {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSED = 2;
  readyState = 0;
  readonly #url: string;
  readonly #fetch: Fetch;
  readonly #listeners = new Map<string, Set<Listener>>();
  #lastEventId = '';
  /** Whether the service has accepted this subscription before. */
  #wasOpen = false;
  /** Ends the open connection, or the wait for the next one. */
  #interrupt = () => {};

  constructor(url: string, { fetch }: { readonly fetch: Fetch }) {
    this.#url = url;
    this.#fetch = fetch;
    void this.#run();
  }

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  close(): void {
    this.readyState = this.CLOSED;
    this.#interrupt();
  }

  #isClosed(): boolean {
    return this.readyState === this.CLOSED;
  }

  async #run(): Promise<void> {
    let failures = 0;
    let resigns = 0;
    while (this.readyState !== this.CLOSED) {
      const startedAt = performance.now();
      const failure = await this.#connect();
      if (this.readyState === this.CLOSED) return;
      failures = performance.now() - startedAt < STABLE_MS || failure ? failures + 1 : 0;
      // An outage before these refusals does not count: a service that was killed comes back with them.
      resigns = failure?.kind === 'resign' ? resigns + 1 : 0;
      const isOver = failure?.kind === 'final' || resigns > MAX_RESIGNS;
      this.readyState = isOver ? this.CLOSED : this.CONNECTING;
      this.#emit('error', failure?.error ?? new Error('The connection ended; the client reconnects.'));
      // It is over, or a listener has closed it.
      if (this.#isClosed()) return;
      await this.#wait(backoff(failures, failure?.retryAfterMs ?? 0));
    }
  }

  /** Keeps one connection until it ends. @returns why it failed; null if it ended normally */
  async #connect(): Promise<StreamFailure | null> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#interrupt = () => controller.abort();
    const silence = new SilenceTimer(CONNECT_MS, (why) => controller.abort(why));
    try {
      const init = { headers: { accept: 'text/event-stream' }, signal };
      const response = await rejectOnAbort(this.#fetch(this.#target(), init), signal);
      const failure = await rejectOnAbort(failureOfResponse(response), signal);
      if (failure) return this.#wasOpen ? afterService(failure) : failure;
      if (typeof response.body?.getReader !== 'function') return streamless();
      this.readyState = this.OPEN;
      this.#wasOpen = true;
      return await this.#read(response.body, signal, silence);
    } catch (error) {
      return failureOfError(error);
    } finally {
      silence.stop();
      controller.abort();
    }
  }

  #target(): string {
    const url = new URL(this.#url);
    if (this.#lastEventId !== '') url.searchParams.set('lastEventId', this.#lastEventId);
    return url.href;
  }

  /** Reads events until the connection ends. An incomplete event is dropped. */
  async #read(
    body: ReadableStream<Uint8Array>,
    signal: AbortSignal,
    silence: SilenceTimer,
  ): Promise<StreamFailure | null> {
    const reader = body.getReader();
    // A fetch that ignores its signal would keep the connection.
    signal.addEventListener('abort', () => void reader.cancel().catch(() => {}));
    const decoder = new TextDecoder();
    let failure: StreamFailure | null = null;
    const parser = createParser({
      onEvent: (event) => {
        failure ??= this.#receive(event, silence);
      },
    });
    while (failure === null) {
      const { done, value } = await rejectOnAbort(reader.read(), signal);
      if (done) return null;
      silence.restart();
      parser.feed(decoder.decode(value, { stream: true }));
    }
    return failure;
  }

  /** Emits an event. @returns the failure that it reports, if another connection may resume */
  #receive({ event: type = 'message', data, id }: EventSourceMessage, silence: SilenceTimer) {
    if (this.readyState === this.CLOSED) return null;
    if (id !== undefined && !id.includes('\0')) this.#lastEventId = id;
    if (type === 'serialized-error') {
      const failure = failureOfEvent(data);
      if (failure && failure.kind !== 'final') return failure;
    }
    if (type === 'connected') silence.setLimit(data);
    this.#emit(type, { type, data, lastEventId: this.#lastEventId });
    return null;
  }

  #emit(type: string, event: StreamEvent | Error): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Rejects once the signal is aborted, even if the work ignores the signal. */
function rejectOnAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  });
}

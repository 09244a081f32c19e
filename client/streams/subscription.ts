import { type Operation, type OperationResultObserver, TRPCClientError } from '@trpc/client';
import type { KeysealRouter } from '../router.ts';
import type { Fetch } from '../signing/signing-fetch.ts';
import { SignedEventSource, type StreamEvent } from './event-source.ts';

/** The code of a failure inside the service (JSON-RPC 2.0, "Internal error"). */
const INTERNAL = -32603;

/**
 * Opens a subscription, and reports it to tRPC's observer as tRPC's own link would. That one would bring a second reader of event
 * streams into every bundle, even one without subscriptions.
 * @param url of the API
 * @returns a function that closes it
 */
export function openSubscription(
  url: string,
  { path, input, signal }: Operation,
  fetch: Fetch,
  observer: OperationResultObserver<KeysealRouter, unknown>,
): () => void {
  const source = new SignedEventSource(targetOf(url, path, input), { fetch });
  const connecting = (error: TRPCClientError<KeysealRouter> | null) =>
    observer.next({ result: { type: 'state', state: 'connecting', error } });
  const fail = (cause: object) => {
    source.close();
    observer.error(TRPCClientError.from(cause));
  };
  const end = () => {
    source.close();
    observer.next({ result: { type: 'stopped' } });
    observer.next({ result: { type: 'state', state: 'idle', error: null } });
    observer.complete();
  };
  const orFail = (report: () => void) => catching(fail, report);
  const on = (type: string, receive: (event: StreamEvent) => void) =>
    source.addEventListener(type, (event) => orFail(() => receive(event as StreamEvent)));
  orFail(() => connecting(null));
  // The subscriber's handler of this state has thrown.
  if (source.readyState === source.CLOSED) return () => {};
  on('connected', () => {
    observer.next({ result: { type: 'started' } });
    observer.next({ result: { type: 'state', state: 'pending', error: null } });
  });
  on('message', (event) => observer.next({ result: resultOf(event) }));
  on('serialized-error', ({ data }) => {
    const response = { error: JSON.parse(data) };
    if (response.error.code === INTERNAL) connecting(TRPCClientError.from(response));
    else fail(response);
  });
  on('return', end);
  source.addEventListener('error', (error) => {
    if (source.readyState === source.CLOSED) fail(error);
    else orFail(() => connecting(TRPCClientError.from(error)));
  });
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted) end();
  return () => {
    signal?.removeEventListener('abort', end);
    observer.complete();
    source.close();
  };
}

/** An event that cannot be read ends the subscription, and so does an error of its subscriber. */
function catching(fail: (cause: object) => void, report: () => void): void {
  try {
    report();
  } catch (error) {
    fail(Object(error));
  }
}

/** The URL of a subscription, with its input in the query as that of a query is. */
const targetOf = (url: string, path: string, input: unknown): string =>
  `${url}/${path}${input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`}`;

/** An event that has an id reaches the subscriber with it. */
function resultOf({ data, lastEventId: id }: StreamEvent) {
  const value: unknown = JSON.parse(data);
  return id === '' ? { data: value } : { id, data: { id, data: value } };
}

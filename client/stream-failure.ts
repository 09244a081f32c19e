import { TRPCClientError } from '@trpc/client';
import type { Reason, RefusalShape } from '../shared/refusals.ts';
import { KeysealRefusal, readShape } from './refusal.ts';

/** Why a connection of a subscription failed, and whether another one may succeed. */
export interface StreamFailure {
  readonly error: Error;
  /**
   * `outage`: it passes, however long it takes. `anew`: another signature, or a moment, heals it; if that happens
   * again and again, it does not. `final`: it ends the subscription.
   */
  readonly kind: 'outage' | 'anew' | 'final';
  /** Milliseconds that the answer asks for. */
  readonly retryAfterMs: number;
}

/** Statuses below 500 that pass with time (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). */
const TEMPORARY = [408, 425, 429];

/**
 * Refusals of one signature: a proxy that sent the request twice has used it up, and a service that was killed takes none
 * from before its start for some seconds.
 */
const ANEW: readonly Reason[] = ['SIGNATURE_EXPIRED', 'SIGNATURE_REPLAYED'];

/** Any status of the server's side is an outage, whether the service or a proxy wrote it. */
const passesWithTime = (status: number): boolean => status >= 500 || TEMPORARY.includes(status);

/** Why a refusal ends a connection, before the stream or within it. */
function failureOfRefusal(refusal: KeysealRefusal, headerMs = 0): StreamFailure {
  const { reason, details } = refusal;
  const kind = passesWithTime(details.httpStatus) ? 'outage' : ANEW.includes(reason) ? 'anew' : 'final';
  return { error: refusal, kind, retryAfterMs: Math.max(millisecondsOf(details.retryAfter), headerMs) };
}

/** Why an answer is no stream of events: a refusal, or the page of a proxy; null if it is one. */
export async function failureOfAnswer(response: Response): Promise<StreamFailure | null> {
  const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
  if (response.status === 200 && isStream) return null;
  const shape = readShape(await response.json().catch(() => null));
  const retryAfterMs = retryAfterOf(response.headers);
  if (shape) return failureOfRefusal(new KeysealRefusal(shape), retryAfterMs);
  const kind = passesWithTime(response.status) ? 'outage' : 'final';
  return { error: foreignAnswer(response), kind, retryAfterMs };
}

/** Why there was no answer. What is no refusal is the network, or a session that could not be refreshed by now. */
export function failureOfError(error: unknown): StreamFailure {
  if (error instanceof KeysealRefusal) return failureOfRefusal(error);
  const known = error instanceof Error ? error : new Error(String(error));
  return { error: known, kind: 'outage', retryAfterMs: 0 };
}

/** Why a stream ends by an error event of the service. */
export function failureOfEvent(data: string): StreamFailure | null {
  const shape = parsed(data);
  return shape && failureOfRefusal(new KeysealRefusal(shape));
}

function parsed(data: string): RefusalShape | null {
  try {
    return readShape({ error: JSON.parse(data) });
  } catch {
    return null;
  }
}

/** RFC 9110 §10.2.3: seconds, or a date, which is read by the clock that wrote it. */
function retryAfterOf(headers: Headers): number {
  const value = headers.get('retry-after') ?? '';
  if (/^\d{1,9}$/.test(value)) return millisecondsOf(Number(value));
  const sent = Date.parse(headers.get('date') ?? '');
  const until = Date.parse(value) - (Number.isNaN(sent) ? Date.now() : sent);
  return until > 0 ? until : 0;
}

const millisecondsOf = (seconds: number | undefined): number =>
  typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : 0;

function foreignAnswer({ status, headers }: Response): TRPCClientError<never> {
  const type = headers.get('content-type') ?? 'no content type';
  return new TRPCClientError(`The answer is not Keyseal's: HTTP ${status} with ${type}.`);
}

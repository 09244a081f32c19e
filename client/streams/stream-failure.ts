import type { Reason, RefusalShape } from '../../shared/refusals.ts';
import { KeysealHttpError } from '../calls/http-error.ts';
import { KeysealRefusal, readShape } from '../calls/refusal.ts';
import { retryAfterOf } from '../calls/retry-after.ts';

/** Why a connection of a subscription failed, and whether another attempt may succeed. */
export interface StreamFailure {
  readonly error: Error;
  /**
   * `outage`: retry until it is over. `resign`: retry a few times, because a new signature is usually accepted. `final`:
   * end the subscription.
   */
  readonly kind: 'outage' | 'resign' | 'final';
  /** Milliseconds to wait, as the response says; 0 if it does not. */
  readonly retryAfterMs: number;
}

/** Statuses below 500 that are temporary (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). */
const TEMPORARY = [408, 425, 429];

/**
 * Refusals of one signature only: a proxy sent the request twice, or the service was killed, and refuses signatures from
 * before its startup for some seconds.
 */
const RESIGN: readonly Reason[] = ['SIGNATURE_EXPIRED', 'SIGNATURE_REPLAYED'];

/** Whether a status is temporary, whether the service or a proxy sent it. */
const isTemporary = (status: number): boolean => status >= 500 || TEMPORARY.includes(status);

/** @param headerMs the wait that the response header requests, in milliseconds */
function failureOfRefusal(refusal: KeysealRefusal, headerMs = 0): StreamFailure {
  const { reason, details } = refusal;
  const kind = isTemporary(details.httpStatus) ? 'outage' : RESIGN.includes(reason) ? 'resign' : 'final';
  return { error: refusal, kind, retryAfterMs: Math.max(millisecondsOf(details.retryAfter), headerMs) };
}

/** Describes a response that is not a stream of events: a refusal, or a page of a proxy. Null if it is a stream. */
export async function failureOfResponse(response: Response): Promise<StreamFailure | null> {
  const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
  if (response.status === 200 && isStream) return null;
  const shape = readShape(await response.json().catch(() => null));
  const retryAfterMs = millisecondsOf(retryAfterOf(response.headers));
  if (shape) return failureOfRefusal(new KeysealRefusal(shape), retryAfterMs);
  const kind = isTemporary(response.status) ? 'outage' : 'final';
  return { error: new KeysealHttpError(response), kind, retryAfterMs };
}

/**
 * Once the service has served this subscription, a response from anything else is an outage, whatever its status: a proxy shows
 * its maintenance page, or has no route while the service is deployed.
 */
export const afterService = (failure: StreamFailure): StreamFailure =>
  failure.error instanceof KeysealHttpError ? { ...failure, kind: 'outage' } : failure;

/** Describes a rejected request. If it is not a refusal, the network failed, or a session could not be refreshed yet. */
export function failureOfError(error: unknown): StreamFailure {
  if (error instanceof KeysealRefusal) return failureOfRefusal(error);
  const known = error instanceof Error ? error : new Error(String(error));
  return { error: known, kind: 'outage', retryAfterMs: 0 };
}

/** Describes a response whose events cannot be read: no other attempt can succeed, whatever the service does. */
export const streamless = (): StreamFailure => ({
  error: new TypeError(
    'The response of this fetch has no body stream (response.body.getReader), which a subscription needs. Pass a fetch that has one to createKeysealClient: in React Native, that of expo/fetch.',
  ),
  kind: 'final',
  retryAfterMs: 0,
});

/** Describes an error event of a stream; null if it is not a refusal of Keyseal. */
export function failureOfEvent(data: string): StreamFailure | null {
  const shape = parseRefusal(data);
  return shape && failureOfRefusal(new KeysealRefusal(shape));
}

function parseRefusal(data: string): RefusalShape | null {
  try {
    return readShape({ error: JSON.parse(data) });
  } catch {
    return null;
  }
}

const millisecondsOf = (seconds: number | null | undefined): number =>
  typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : 0;

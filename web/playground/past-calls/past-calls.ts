import { ONE_LINE } from '../../../shared/one-line.ts';

/** Calls that are kept. */
const MAX_CALLS = 20;

/** What is kept of a call: neither its input and its response nor anything of a credential. */
export interface PastCall {
  /** Unix milliseconds. */
  readonly at: number;
  readonly procedure: string;
  /** 0 for a redirect, which is not followed. */
  readonly status: number;
  /** Why it was refused; null if it was not. */
  readonly reason: string | null;
  readonly requestId: string;
  /** Milliseconds until the response was read. */
  readonly took: number;
}

/** Reads what the browser has kept, and leaves out what is not a call: an extension or a user may have written there. */
export function readPastCalls(text: string | null): readonly PastCall[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter(isPastCall).slice(0, MAX_CALLS) : [];
  } catch {
    return [];
  }
}

/** With one more call, the newest first. */
export const withCall = (calls: readonly PastCall[], call: PastCall): readonly PastCall[] =>
  [call, ...calls].slice(0, MAX_CALLS);

const isText = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= 300 && (value === '' || ONE_LINE.test(value));

function isPastCall(value: unknown): value is PastCall {
  const { at, procedure, status, reason, requestId, took } = Object(value) as Record<string, unknown>;
  const isCounted = [at, status, took].every(
    (value) => typeof value === 'number' && value >= 0 && value < 8.64e15,
  );
  return isCounted && isText(procedure) && isText(requestId) && (reason === null || isText(reason));
}

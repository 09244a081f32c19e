import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { KeysealRouter } from '../router.ts';

/** The names of the errors with which `fetch` rejects an aborted call: by its caller, or because of its timeout. */
const NAMES = ['AbortError', 'TimeoutError'];

/**
 * The error of an aborted call. As with `fetch`, its `cause` is the reason of the signal, and its `name` says whether time
 * was up (`TimeoutError`) or its caller aborted it (`AbortError`).
 */
export function abortedCall(reason: unknown): TRPCClientError<KeysealRouter> {
  const { name, message = String(reason) } = Object(reason);
  const error = new TRPCClientError<KeysealRouter>(message, { cause: reason as Error });
  error.name = NAMES.includes(name) ? name : 'AbortError';
  return error;
}

/** Whether a call has failed because it was aborted. The reason may come from another realm. */
export const isAborted = ({ cause }: { readonly cause?: unknown }): boolean =>
  NAMES.includes(Object(cause).name);

/** Rejects a call as soon as its signal is aborted, even if its batch continues for other calls. */
export function abortLink(): TRPCLink<KeysealRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        // A subscription ends by itself: it is not a failure.
        const signal = op.type === 'subscription' ? null : op.signal;
        const abort = () => observer.error(abortedCall(signal?.reason));
        if (signal?.aborted) {
          abort();
          return () => {};
        }
        signal?.addEventListener('abort', abort, { once: true });
        const call = next(op).subscribe(observer);
        return () => {
          signal?.removeEventListener('abort', abort);
          call.unsubscribe();
        };
      });
}

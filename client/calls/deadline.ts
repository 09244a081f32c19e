import type { Fetch } from '../signing/signing-fetch.ts';

/** Milliseconds within which a response must arrive, in addition to the time that the request's body may take. */
export const DEFAULT_TIMEOUT_MS = 30_000;
/** The slowest body that the service waits for, in bytes per millisecond: 8 KiB a second. */
const SLOWEST_BODY = 8192 / 1000;
/** The longest delay that a timer accepts; a longer one would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * A fetch that rejects with a TimeoutError after `timeout` ms, and with the reason of its signal once that is aborted:
 * both at once, whether or not the inner fetch respects a signal.
 * @param timeout false for no limit
 */
export function withDeadline(fetch: Fetch, timeout: number | false): Fetch {
  return async (input, init = {}) => {
    const { signal, body } = init;
    const controller = new AbortController();
    const abort = () => controller.abort(signal?.reason);
    const stopped = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
    });
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    const timer = timeout === false ? undefined : setTimeout(expire, waitFor(timeout, body), controller);
    try {
      return await Promise.race([fetch(input, { ...init, signal: controller.signal }), stopped]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  };
}

function expire(controller: AbortController): void {
  controller.abort(new DOMException('The service did not respond in time.', 'TimeoutError'));
}

const waitFor = (timeout: number, body: RequestInit['body']): number =>
  Math.min(timeout + sizeOf(body) / SLOWEST_BODY, MAX_TIMER_MS);

/** Bytes of a body, a lower estimate: headers of its parts do not count. */
function sizeOf(body: unknown): number {
  if (typeof body === 'string') return body.length;
  if (body instanceof Blob) return body.size;
  if (ArrayBuffer.isView(body)) return body.byteLength;
  if (!(body instanceof FormData)) return 0;
  return [...body.values()].reduce((sum, value) => sum + sizeOf(value), 0);
}

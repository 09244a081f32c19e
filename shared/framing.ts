import type { Reason } from './refusals.ts';
import type { HeaderValues } from './request-rules.ts';

/**
 * Finds a request whose end two servers could locate differently: a transfer coding other than one `chunked`
 * (RFC 9112 §6.1), any of it outside HTTP/1.1, a length beside it, more lengths than one (§6.3), or no `host` (§3.2).
 * The connection must be closed after the refusal, since the start of the next request is unknown.
 * @param httpVersion such as `1.1`; null if the runtime does not show it
 */
export function framingFault(httpVersion: string | null, values: HeaderValues): Reason | null {
  const codings = values('transfer-encoding');
  const lengths = values('content-length');
  const sound =
    (httpVersion !== '1.1' || values('host').length > 0) &&
    lengths.length <= 1 &&
    lengths.every((length) => /^\d+$/.test(length)) &&
    (codings.length === 0 ||
      (codings.length === 1 &&
        codings[0]?.toLowerCase() === 'chunked' &&
        lengths.length === 0 &&
        (httpVersion === null || httpVersion === '1.1')));
  return sound ? null : 'REQUEST_MALFORMED';
}

import { type Fault, formFault } from './form-rules.ts';
import type { HeaderValues } from './request-rules.ts';

/**
 * Finds a request whose end two servers could locate differently: a transfer coding other than one `chunked`
 * (RFC 9112 §6.1), any transfer coding outside HTTP/1.1 or together with a length, more than one length (§6.3), or no `host`
 * (§3.2). The connection must be closed after the refusal, since it is not known where the next request begins.
 * @param httpVersion such as `1.1`; null if the runtime does not show it
 */
export function framingFault(httpVersion: string | null, values: HeaderValues): Fault | null {
  if (httpVersion === '1.1' && values('host').length === 0) return formFault('host-missing', 'headers.host');
  const codings = values('transfer-encoding');
  const lengths = values('content-length');
  if (lengths.length > 1) return formFault('content-length-repeated', 'headers.content-length');
  if (!lengths.every((length) => /^\d+$/.test(length)))
    return formFault('content-length-form', 'headers.content-length');
  if (codings.length === 0) return null;
  if (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked')
    return formFault('transfer-encoding-form', 'headers.transfer-encoding');
  if (lengths.length > 0) return formFault('transfer-encoding-and-length', 'headers.transfer-encoding');
  if (httpVersion !== null && httpVersion !== '1.1')
    return formFault('transfer-encoding-version', 'headers.transfer-encoding');
  return null;
}

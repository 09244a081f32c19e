import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.ts';

/**
 * Refuses with REQUEST_MALFORMED a request whose end two servers could see in different places: a transfer coding other
 * than one `chunked` (RFC 9112 §6.1), any of it in HTTP/1.0, a second length beside it (§6.3), or no `host` (§3.2). The
 * connection must be closed then.
 */
export function checkFraming({ httpVersion, headers }: IncomingMessage): void {
  const codings = headers['transfer-encoding'];
  const sound =
    (httpVersion !== '1.1' || headers.host !== undefined) &&
    (codings === undefined ||
      (httpVersion === '1.1' &&
        codings.toLowerCase() === 'chunked' &&
        headers['content-length'] === undefined));
  if (!sound) throw new Refusal('REQUEST_MALFORMED');
}

import type { IncomingMessage } from 'node:http';
import { framingFault } from '../../../shared/framing.ts';
import { refusalOfFault } from '../../lib/refusal.ts';

/**
 * Refuses with REQUEST_MALFORMED a request whose end two servers could see in different places (`framingFault`). The
 * connection must be closed then.
 */
export function checkFraming({ httpVersion, headers }: IncomingMessage): void {
  // Node joins repeats of these headers with a comma, or refuses them: no valid coding or length contains a comma.
  const values = (name: string) => (headers[name] === undefined ? [] : [String(headers[name])]);
  const fault = framingFault(httpVersion, values);
  if (fault !== null) throw refusalOfFault(fault);
}

import type { IncomingMessage } from 'node:http';
import { formFault } from '../../../shared/form-rules.ts';
import { refusalOfFault } from '../../lib/refusal.ts';

/** Whether a client waits for 100 (Continue) before it sends its body (RFC 9110 §10.1.1); HTTP/1.0 clients do not. */
export function expectsContinue({ httpVersion, headers }: IncomingMessage): boolean {
  return httpVersion === '1.1' && headers.expect?.toLowerCase() === '100-continue';
}

/** Refuses any other expectation. */
export function checkExpectation(request: IncomingMessage): void {
  if (request.httpVersion === '1.1' && request.headers.expect !== undefined && !expectsContinue(request))
    throw refusalOfFault(formFault('expectation', 'headers.expect'));
}

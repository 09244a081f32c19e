import { formFault } from '../../../shared/form-rules.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Signer } from './signer.ts';

/** What is wrong with a signature whose parts contradict its credential: the header, and the rule. */
const HINTS = {
  algorithm: [
    'signature-input',
    'must have the algorithm of the credential as alg, or no alg: the algorithm belongs to the key, not to the message',
  ],
  form: [
    'x-signature',
    'must not be sent: the credential has a public key, and its private key signs according to RFC 9421, in signature-input and signature',
  ],
  id: [
    'x-signature',
    'must have the id of the credential as k: of an API key the part between the second and the third "_"',
  ],
} as const;

/**
 * SIGNATURE_INVALID before any signature has verified. Only a caller with a valid bearer token is told what is wrong: anyone
 * else would learn that a session exists, and how it signs.
 */
export function contradictionRefusal(fault: keyof typeof HINTS, { session, payer }: Signer): Refusal {
  const isProven = session === null || payer?.hasValidBearer === true;
  const [header, rule] = HINTS[fault];
  return isProven ? hintedRefusal(header, rule) : new Refusal('SIGNATURE_INVALID');
}

/** SIGNATURE_INVALID that says which rule a header breaks. It repeats nothing that was sent. */
export function hintedRefusal(header: string, rule: string): Refusal {
  const { reason, issue } = formFault('http-signature', `headers.${header}`, 'SIGNATURE_INVALID', rule);
  return new Refusal(reason, { issues: [issue] });
}

import { createHmac, randomBytes } from 'node:crypto';
import { formatSignature, type SignedParts, signatureBase } from '../../shared/signature.ts';
import { benchClock } from '../fixtures/clock.ts';

/** What of a request stays the same from call to call. */
export type Fixed = Omit<SignedParts, 't' | 'nonce'>;

/**
 * `x-signature` for one call: of this second, with a nonce of its own.
 * @param ahead seconds by which it is dated ahead
 */
export function sign(signingSecret: string, fixed: Fixed, ahead = 0): string {
  const parts = {
    ...fixed,
    t: Math.floor(benchClock() / 1000) + ahead,
    nonce: randomBytes(16).toString('base64url'),
  };
  const mac = createHmac('sha256', signingSecret).update(signatureBase(parts)).digest('hex');
  return formatSignature({ ...parts, mac });
}

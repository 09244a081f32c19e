import { createHmac, randomBytes } from 'node:crypto';
import { formatSignature, type SignedParts, signatureBase } from '../../shared/signature.ts';
import { benchClock } from '../fixtures/clock.ts';

/** The part of a request that stays the same from call to call. */
export type Fixed = Omit<SignedParts, 't' | 'nonce'>;

/**
 * `x-signature` for one call: with the current second and a new nonce.
 * @param ahead seconds by which its time is ahead
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

import type { FairnessKey } from '../../../shared/fairness/fairness-key.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import { inTurn } from '../../lib/concurrency/in-turn.ts';
import type { TrustedIssuer } from '../../stores/issuers/trusted-issuers.ts';
import { verifyWorkloadToken, type WorkloadToken } from './workload-token.ts';

/**
 * The queue for verifying the tokens of one issuer. A slow issuer delays its own tokens only, and addresses take turns.
 */
const VERIFICATIONS = { concurrency: 8, capacity: 256, rate: { perSecond: 100, burst: 200 } };
const queues = new WeakMap<TrustedIssuer, FairQueue>();

/**
 * Verifies the token of a workload when it is the turn of its sender.
 * @param now unix seconds
 * @throws Refusal as `verifyWorkloadToken`; UNAVAILABLE if too many wait
 */
export async function verifyInTurn(
  token: string,
  issuer: TrustedIssuer,
  payer: FairnessKey,
  now: number,
): Promise<WorkloadToken> {
  const queue = queues.get(issuer) ?? new FairQueue(VERIFICATIONS);
  queues.set(issuer, queue);
  return inTurn(queue, payer, () => verifyWorkloadToken(token, issuer, now));
}

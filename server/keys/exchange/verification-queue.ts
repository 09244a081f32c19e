import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { needsNoKeyFetch } from '../../gate/user-token/issuer-token.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import { inTurn } from '../../lib/concurrency/in-turn.ts';
import type { TrustedIssuer } from '../../stores/issuers/trusted-issuers.ts';
import { verifyWorkloadToken, type WorkloadToken } from './workload-token.ts';

/**
 * The queues for verifying the tokens of one issuer. A slow issuer delays only its own tokens, and IP addresses take turns.
 * Tokens with an unknown key, which wait until the issuer has responded, have a separate queue: anyone can make one, and the
 * others never wait for them. One network has at most half of the places there.
 */
const VERIFICATIONS = { concurrency: 8, capacity: 256, rate: { perSecond: 100, burst: 200 } };
const queues = new WeakMap<TrustedIssuer, { readonly known: FairQueue; readonly unknown: FairQueue }>();

function queuesOf(issuer: TrustedIssuer) {
  const found = queues.get(issuer) ?? {
    known: new FairQueue(VERIFICATIONS),
    unknown: new FairQueue({ ...VERIFICATIONS, ofOneGroup: 4 }),
  };
  queues.set(issuer, found);
  return found;
}

/**
 * Verifies the token of a workload when it is its sender's turn.
 * @param now unix seconds
 * @throws Refusal as `verifyWorkloadToken`; UNAVAILABLE if too many wait
 */
export async function verifyQueued(
  token: string,
  issuer: TrustedIssuer,
  payer: FairnessPath,
  now: number,
): Promise<WorkloadToken> {
  const { known, unknown } = queuesOf(issuer);
  const queue = (await needsNoKeyFetch(token, issuer)) ? known : unknown;
  return inTurn(queue, payer, () => verifyWorkloadToken(token, issuer, now));
}

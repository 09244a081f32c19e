import { workspaceKey } from '../../shared/fairness/fairness-key.ts';
import type { Signature } from '../../shared/signature.ts';
import { Refusal } from '../lib/refusal.ts';
import { inSpan } from '../lib/tracing.ts';
import type { KeyRecord, SessionRecord } from '../stores/credentials/credential-rows.ts';
import type { ClaimOutcome } from '../stores/replay/replay.ts';
import type { GateStores } from './lookups.ts';
import type { GateCounters } from './steps.ts';

/**
 * Claims (k, t, nonce) on the records from which the caller is judged.
 * @returns `stale` where one of them has changed meanwhile: nothing is claimed, they are read anew, judge
 *   again; `behind` where the store no longer knows what was accepted at `t`
 * @param dry asks what would become of it
 * Refuses with SIGNATURE_REPLAYED, and with UNAVAILABLE where there is no room.
 */
export async function claimNonce(
  { k, t, nonce }: Signature,
  key: KeyRecord | null,
  session: SessionRecord | null,
  stores: GateStores,
  dry: boolean,
  { claims }: Pick<GateCounters, 'claims'>,
): Promise<'won' | 'stale' | 'behind'> {
  let outcome: ClaimOutcome | 'failed' = 'failed';
  try {
    outcome = await inSpan('replay.claim', () =>
      stores.replay.claim({ k, t, nonce, standing: { key, session }, dry }),
    );
  } finally {
    if (!dry) claims.add(outcome);
  }
  if (outcome === 'seen') throw new Refusal('SIGNATURE_REPLAYED');
  if (outcome === 'full') throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'no room for another nonce');
  if (outcome === 'stale') await readStale(key, session, stores);
  return outcome;
}

/** The caller is proven, so the rows are read by the way of the proven, and stay cached until they are. */
async function readStale(
  key: KeyRecord | null,
  session: SessionRecord | null,
  { credentials, lookups }: GateStores,
): Promise<void> {
  if (key) {
    const payer = workspaceKey(key.workspaceId, key.id);
    await lookups.readAnew(payer, key.id, () => credentials.newerKey(key.id, key));
  }
  credentials.forget(null, session);
}

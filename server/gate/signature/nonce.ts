import { type MaybePromise, runSteps, type Steps, waitFor } from '../../lib/concurrency/maybe-promise.ts';
import type { LabeledCounter } from '../../lib/labeled-counter.ts';
import { Refusal } from '../../lib/refusal.ts';
import { inSpan } from '../../lib/tracing.ts';
import type { KeyRecord, SessionRecord } from '../../stores/credentials/credential-rows.ts';
import type { LinkedAccount } from '../../stores/credentials/linked-accounts.ts';
import type { TokenPerson } from '../../stores/issuers/provider-logouts.ts';
import type { ClaimOutcome } from '../../stores/replay/replay.ts';
import type { GateStores } from '../bearer/credential-lookups.ts';
import type { PresentedSignature } from './signature.ts';

/** The records by which the gate decides about the caller. */
interface CheckedRecords {
  readonly key: KeyRecord | null;
  readonly session: SessionRecord | null;
  /** A person of a trusted issuer, and the account that is linked to them. */
  readonly person: TokenPerson | null;
  readonly account: LinkedAccount | null;
}

interface ClaimOptions {
  readonly stores: GateStores;
  readonly counts: { readonly nonceClaims: LabeledCounter<ClaimOutcome | 'failed'> };
  /** Checks the outcome without claiming. */
  readonly dryRun: boolean;
}

/**
 * Claims (k, t, nonce), unless one of the caller's records has changed.
 * @returns `won`; `stale` if a record has changed: then nothing is claimed, and the next attempt reads the record again;
 *   `behind` if the store no longer knows which nonces were accepted at `t`
 * @throws Refusal SIGNATURE_REPLAYED; UNAVAILABLE if the store is full, even for a request whose `t` is ahead:
 *   SIGNATURE_EXPIRED would promise its client that no copy is accepted later, and without a recorded nonce a captured copy
 *   could be. UNAVAILABLE promises nothing
 */
export function claimNonce(
  signature: PresentedSignature,
  records: CheckedRecords,
  options: ClaimOptions,
): MaybePromise<'won' | 'stale' | 'behind'> {
  return runSteps(claimSteps(signature, records, options));
}

function* claimSteps(
  signature: PresentedSignature,
  records: CheckedRecords,
  { stores, counts, dryRun }: ClaimOptions,
): Steps<'won' | 'stale' | 'behind'> {
  const { k, t } = signature;
  const nonce = formatStoredNonce(signature.nonce);
  let outcome: ClaimOutcome | 'failed' = 'failed';
  try {
    const claim = { k, t, nonce, revisions: records, dryRun };
    outcome = yield* waitFor(inSpan('replay.claim', () => stores.replay.claim(claim)));
  } finally {
    if (!dryRun) counts.nonceClaims.add(outcome);
  }
  if (outcome === 'seen') throw new Refusal('SIGNATURE_REPLAYED');
  if (outcome === 'full') throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'no room for another nonce');
  if (outcome === 'stale') yield* waitFor(rereadChangedRows(records, stores));
  return outcome;
}

/**
 * Rereads the rows that changed, so that the next attempt starts from current ones. The key is read through the queue of
 * authenticated callers; the session is read on the next attempt.
 */
async function rereadChangedRows(
  { key, session, person, account }: CheckedRecords,
  { credentials, lookups, providerLogouts }: GateStores,
): Promise<void> {
  if (account) credentials.linked.invalidate(account);
  if (key && person) {
    const name = JSON.stringify(person);
    const loggedOut = await lookups.reread(key.payer, name, () => providerLogouts.hasLoggedOut(person));
    if (loggedOut) return providerLogouts.rememberPerson(person);
  }
  if (key) {
    await lookups.reread(key.payer, key.id, () => credentials.readKeyIfChanged(key.id, key));
  }
  credentials.invalidate(null, session);
}

/**
 * A nonce as it is stored. Those of `x-signature` never begin with `~`, which marks a digest in the table of nonces; those of
 * RFC 9421 may, and get a prefix that no other nonce can have.
 */
const formatStoredNonce = (nonce: string): string => (/^[~!]/.test(nonce) ? `!${nonce}` : nonce);

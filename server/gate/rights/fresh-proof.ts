import { MINUTE_MS } from '../../../shared/durations.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Caller } from '../caller/caller.ts';

/** A dangerous change needs a proof that is at most this old. */
const MAX_AGE_MS = 10 * MINUTE_MS;

/**
 * A stolen session must not be enough to create a lasting credential or to take over a workspace: its user proves again who
 * they are, by `auth.stepUp` or a new sign-in. A key has permission for the change because a user granted it, and there is no
 * user to ask.
 * @param now milliseconds
 * @throws Refusal STEP_UP_REQUIRED if the last proof of the calling session is older than ten minutes, in the future, or unknown
 */
export function requireFreshProof(caller: Caller, now: number): void {
  if (caller.kind !== 'key' && !isFresh(caller.session.provenAt, now)) throw new Refusal('STEP_UP_REQUIRED');
}

function isFresh(provenAt: number | null, now: number): boolean {
  // Each comparison is false for a value that is not a number.
  return provenAt !== null && provenAt <= now && now - provenAt <= MAX_AGE_MS;
}

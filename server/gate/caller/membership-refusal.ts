import { Refusal } from '../../lib/refusal.ts';
import type { SessionRecord } from '../../stores/credentials/credential-rows.ts';

/**
 * Why a session's user has no role in the workspace in which it acts: SIGN_IN_RULE with what the sign-in lacks, or
 * WORKSPACE_DENIED if they are not a member.
 */
export function membershipRefusal({ unmet }: Pick<SessionRecord, 'unmet'>): Refusal {
  return unmet.length === 0
    ? new Refusal('WORKSPACE_DENIED')
    : new Refusal('SIGN_IN_RULE', { missing: unmet });
}

import { type FairnessKey, workspaceKey } from '../fairness/fairness-key.ts';
import type { SessionRecord } from '../stores/credential-rows.ts';
import type { ProvenKey } from './bearer.ts';
import type { TokenClaims } from './token.ts';

/**
 * Who pays for the body of a request whose signature is yet to be checked: the workspace of a key whose secret is
 * right, or of the session that a right token names. Null for anybody else: an id alone proves nothing.
 */
export function payerOf(
  proven: ProvenKey | null,
  session: SessionRecord | null,
  claims: TokenClaims | null,
): FairnessKey | null {
  if (proven) return workspaceKey(proven.key.workspaceId, proven.key.id);
  return session && claims?.sid === session.id ? workspaceKey(session.workspaceId, session.id) : null;
}

import { type FairnessKey, workspaceKey } from '../../shared/fairness/fairness-key.ts';
import type { SessionRecord } from '../stores/credentials/credential-rows.ts';
import { allowsAddress } from './address.ts';
import type { AuthenticatedKey } from './bearer.ts';
import type { TokenClaims } from './token.ts';

/** Whose signing secret a request has to be signed with. */
export interface Signer {
  readonly id: string;
  readonly signingSecret: string;
  /** Whose share of memory the body takes; null if nothing speaks for the caller yet: an id alone proves nothing. */
  readonly payer: FairnessKey | null;
  /** Null if a key signs. */
  readonly session: SessionRecord | null;
}

/**
 * A key, whose bearer secret was right. A request from an address that the key does not allow takes none of its share:
 * it ends in a refusal, whatever its MAC.
 */
export const keySigner = ({ key, signingSecret }: AuthenticatedKey, address: string | null): Signer => ({
  id: key.id,
  signingSecret,
  payer: allowsAddress(key, address) ? workspaceKey(key.workspaceId, key.id) : null,
  session: null,
});

/** A session, which is proven so far if the token that was sent is right and names it. */
export const sessionSigner = (session: SessionRecord, claims: TokenClaims | null): Signer => ({
  id: session.id,
  signingSecret: session.signingSecret,
  payer: claims?.sid === session.id ? workspaceKey(session.workspaceId, session.id) : null,
  session,
});

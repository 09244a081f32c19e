import type { VerificationKey } from '../../lib/signature-algorithms.ts';
import type { KeyRecord, SessionRecord } from '../../stores/credentials/credential-rows.ts';
import type { SigningMaterial } from '../../stores/credentials/signing-material.ts';
import type { AuthenticatedKey } from '../bearer/bearer.ts';
import { hmacKeyOf, importedKeyOf } from '../bearer/secret-cache.ts';
import type { BodyPayer } from '../request/request.ts';
import { allowsAddress } from '../rights/address.ts';
import type { TokenClaims } from '../user-token/user-token.ts';

/** The credential with whose signing secret a request must be signed. */
export interface Signer extends SigningMaterial {
  readonly id: string;
  /** The key or session. */
  readonly record: KeyRecord | SessionRecord;
  /** Whose share of memory the body uses; null charges the IP address. */
  readonly payer: BodyPayer | null;
  /** Null if a key signs. */
  readonly session: SessionRecord | null;
}

/**
 * A key whose bearer secret was valid. A request from an IP address that the key does not allow uses none of its share: it is
 * refused, whatever its MAC.
 */
export const keySigner = (
  { key, signingSecret, publicKey }: AuthenticatedKey,
  address: string | null,
): Signer => ({
  id: key.id,
  signingSecret,
  publicKey,
  record: key,
  payer: allowsAddress(key, address) ? { credential: key.payer, hasValidBearer: true } : null,
  session: null,
});

/** A session. It is authenticated so far only if the request brought a valid token that names it. */
export const sessionSigner = (session: SessionRecord, claims: TokenClaims | null): Signer => ({
  id: session.id,
  signingSecret: session.signingSecret,
  publicKey: session.publicKey,
  record: session,
  payer: {
    credential: session.payer,
    hasValidBearer: claims?.sid === session.id,
  },
  session,
});

/** What verifies the signatures of a signer. */
export function verificationKeyOf({ record, signingSecret, publicKey }: Signer): VerificationKey | null {
  if (publicKey) return { algorithm: publicKey.algorithm, publicKey: importedKeyOf(publicKey) };
  return signingSecret === null
    ? null
    : { algorithm: 'hmac-sha256', secret: hmacKeyOf({ record, signingSecret }) };
}

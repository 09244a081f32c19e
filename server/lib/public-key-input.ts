import { z } from 'zod';
import { Text } from './schemas.ts';

const KINDS =
  'A JWK (RFC 7517) without private members: Ed25519, P-256, P-384, or RSA of 2,048 to 4,096 bits with `alg` PS512 or RS256.';
const KEY_DESCRIPTION = `${KINDS} Then the key has no signing secret: \`signingSecret\` is null, and its private key signs according to RFC 9421.`;
const PROOF =
  'a compact JWS by its private key, with only `alg` in its header, over `{ "aud": <issuer of the service>, "iat": <unix seconds>, "jti": <16 to 128 random characters> }`, at most five minutes old. Each is accepted once.';

const Jwk = z.record(z.string().max(64), z.unknown());
const Proof = Text.max(8192);

/** The public key with which a key is created or rotated, if it is to have one. */
export const PublicKeyInput = z.object({
  publicKey: Jwk.optional().describe(KEY_DESCRIPTION),
  proof: Proof.optional().describe(`Needed with \`publicKey\`: ${PROOF}`),
});
export type PublicKeyInput = z.infer<typeof PublicKeyInput>;

/** The public key that a session gets. */
export const SetPublicKeyInput = z.strictObject({
  publicKey: Jwk.describe(KINDS),
  proof: Proof.describe(`Proves that the caller has the private key: ${PROOF}`),
});

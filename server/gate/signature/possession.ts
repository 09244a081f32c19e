import { z } from 'zod';
import { possessionProofs } from '../../../drizzle/schema/keys.ts';
import type { PublicKeyAlgorithm, RegisteredPublicKey } from '../../../shared/public-key.ts';
import { importPublicKey, readPublicKey } from '../../lib/public-key.ts';
import type { PublicKeyInput } from '../../lib/public-key-input.ts';
import { inputRefusal } from '../../lib/refusal.ts';
import { Text } from '../../lib/schemas.ts';
import type { Db } from '../../stores/database/database.ts';
import { purgeBefore } from '../../stores/database/purge.ts';
import type { Stores } from '../../stores/stores.ts';
import { readObject, verifyJws } from '../user-token/jws.ts';

/** How old a proof may be, in seconds, and by how much its clock may be ahead. */
const MAX_AGE_S = 300;
const MAX_AHEAD_S = 60;
/** Milliseconds for which a proof is remembered: longer than it is accepted. */
const RETENTION_MS = 2 * (MAX_AGE_S + MAX_AHEAD_S) * 1000;

/** The names of each algorithm in a JWS (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). */
const JWS_NAMES: Readonly<Record<PublicKeyAlgorithm, readonly string[]>> = {
  ed25519: ['EdDSA', 'Ed25519'],
  'ecdsa-p256-sha256': ['ES256'],
  'ecdsa-p384-sha384': ['ES384'],
  'rsa-pss-sha512': ['PS512'],
  'rsa-v1_5-sha256': ['RS256'],
};

const Claims = z.strictObject({ aud: z.string(), iat: z.int(), jti: Text.min(16).max(128) });

/** Where a proof is accepted, and when. */
interface ProofTerms {
  /** The service's issuer: a proof for another service is not accepted. */
  readonly issuer: string;
  readonly now: Date;
  /**
   * The thumbprint of the public key that the call gave before, if it is repeated: its holder proved then that they have the
   * private key, and has no other proof after a lost response. Null or absent for a first call.
   */
  readonly proven?: string | null;
}

/**
 * Reads the public key of an input, and checks that its sender has the private key: `proof` is a compact JWS by that key
 * over `{ aud, iat, jti }`. Each proof is accepted once, unless the call is repeated for the same public key.
 * @returns null if the input has no public key
 * @throws Refusal INPUT_INVALID
 */
export async function registerPublicKey(
  tx: Db,
  { publicKey, proof }: PublicKeyInput,
  { issuer, now, proven = null }: ProofTerms,
): Promise<RegisteredPublicKey | null> {
  if (publicKey === undefined && proof === undefined) return null;
  const key = readPublicKey(publicKey ?? {});
  if (typeof key === 'string') throw inputRefusal('publicKey', key);
  const seconds = Math.floor(now.getTime() / 1000);
  const claims = await readProof(proof ?? '', key);
  if (!claims) throw inputRefusal('proof', 'must be a JWS of { aud, iat, jti } by the private key');
  if (claims.aud !== issuer)
    throw inputRefusal('proof', `must have the issuer of this service, ${issuer}, as aud`);
  if (key.thumbprint === proven) return key;
  if (!(claims.iat >= seconds - MAX_AGE_S && claims.iat <= seconds + MAX_AHEAD_S))
    throw inputRefusal('proof', `must have been made in the last ${MAX_AGE_S} seconds`);
  const { thumbprint } = key;
  const claimed = await tx
    .insert(possessionProofs)
    .values({ thumbprint, jti: claims.jti, usedAt: now })
    .onConflictDoNothing()
    .returning();
  if (claimed.length === 0) throw inputRefusal('proof', 'has already been used: create a new one');
  return key;
}

async function readProof(proof: string, key: RegisteredPublicKey): Promise<z.infer<typeof Claims> | null> {
  const names = JWS_NAMES[key.algorithm];
  const jws = await verifyJws(proof, names, ({ alg }) =>
    names.some((name) => name === alg) ? importPublicKey(key) : null,
  );
  return jws && (Claims.safeParse(readObject(jws.payload)).data ?? null);
}

/** Deletes proofs that are too old to be accepted again. */
export async function deleteOldProofs({ database, clock }: Stores): Promise<void> {
  await purgeBefore(database, possessionProofs, clock() - RETENTION_MS, { at: possessionProofs.usedAt });
}

import { eq } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import type { RegisteredPublicKey } from '../../shared/public-key.ts';
import { inputRefusal, Refusal } from '../lib/refusal.ts';
import type { Db } from '../stores/database/database.ts';
import { raiseRev } from '../stores/database/rev.ts';
import type { Vault } from '../stores/secrets/vault.ts';
import type { Stores } from '../stores/stores.ts';
import type { KeySecrets } from './create.ts';
import type { KeyRow } from './find.ts';
import { keyStatusOf, latestUse } from './key-view.ts';
import { newPair } from './secret-pair.ts';

interface Rotation {
  readonly brand: string;
  /** The current row, locked within the transaction. */
  readonly row: KeyRow;
  readonly graceSeconds: number;
  /** The public key that verifies the new signatures; null for a signing secret. */
  readonly publicKey: RegisteredPublicKey | null;
}

/**
 * Gives a key new secrets. The current ones stay valid for `graceSeconds`; older ones end now.
 * @throws Refusal CONFLICT if the key is revoked, expired or disabled: a rotation must not reactivate it; INPUT_INVALID for the
 *   public key that the key has: the signing secret or public key is what distinguishes a key's secrets from the previous ones
 */
export async function rotateKey(
  { vault, clock, lastUsed }: Stores,
  tx: Db,
  { brand, row, graceSeconds, publicKey }: Rotation,
): Promise<KeySecrets> {
  const now = clock();
  if (keyStatusOf(row, now) !== 'active') throw new Refusal('CONFLICT');
  if (publicKey && publicKey.thumbprint === row.publicKey?.thumbprint)
    throw inputRefusal('publicKey', 'must differ from the one before');
  const { secret, signingSecret, columns } = newPair(
    vault,
    { brand, environment: row.environment, id: row.id },
    publicKey,
  );
  const previous =
    graceSeconds === 0
      ? NO_PREVIOUS
      : {
          ...previousOf(vault, row),
          previousValidUntil: new Date(now + graceSeconds * 1000),
          previousLastUsedAt: latestUse(row.lastUsedAt, lastUsed.pending(row.id)),
        };
  await tx
    .update(keys)
    .set({ ...columns, ...previous, rotatedAt: new Date(now), rev: raiseRev(keys.rev) })
    .where(eq(keys.id, row.id));
  return { secret, signingSecret };
}

const NO_PREVIOUS = {
  previousSecretHash: null,
  previousPepperVersion: null,
  previousSigningSealed: null,
  previousSigningVersion: null,
  previousPublicKey: null,
  previousValidUntil: null,
  previousLastUsedAt: null,
};

/** The columns of the previous secrets. The signing secret is encrypted for its new column. */
function previousOf(vault: Vault, row: KeyRow) {
  const kept = {
    previousSecretHash: row.secretHash,
    previousPepperVersion: row.pepperVersion,
    previousPublicKey: row.publicKey,
  };
  if (row.publicKey)
    return { ...kept, previousSigningSealed: '', previousSigningVersion: row.signingVersion };
  const signingSecret = vault.decrypt(
    { text: row.signingSealed, version: row.signingVersion },
    { table: 'keys', column: 'signing', row: row.id },
  );
  const encrypted = vault.encrypt(signingSecret, { table: 'keys', column: 'previous_signing', row: row.id });
  return {
    ...kept,
    previousSigningSealed: encrypted.text,
    previousSigningVersion: encrypted.version,
  };
}

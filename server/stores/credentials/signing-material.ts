import type { keys } from '../../../drizzle/schema/keys.ts';
import type { RegisteredPublicKey } from '../../../shared/public-key.ts';
import type { Vault } from '../secrets/vault.ts';

/** What verifies signatures: the signing secret, or a public key. The other one is null. */
export interface SigningMaterial {
  readonly signingSecret: string | null;
  /** As it was registered: imported, OpenSSL needs up to twenty times the memory for it. */
  readonly publicKey: RegisteredPublicKey | null;
}

/** The secrets from before the last rotation. */
export interface PreviousPair extends SigningMaterial {
  readonly secretHash: string;
  readonly pepperVersion: number;
  /** Milliseconds; NaN for a time that cannot be read, which counts as past. */
  readonly validUntil: number;
}

/** The signing secret of a row, decrypted, or its public key. */
export const signingMaterial = (
  publicKey: RegisteredPublicKey | null,
  decrypt: () => string,
): SigningMaterial =>
  publicKey === null ? { signingSecret: decrypt(), publicKey } : { signingSecret: null, publicKey };

/** The previous secrets of a key's row; null if there is none, or if its master key is retired. */
export function previousPairOf(key: typeof keys.$inferSelect, vault: Vault): PreviousPair | null {
  const { previousSecretHash: secretHash, previousPepperVersion: pepperVersion } = key;
  const { previousSigningSealed: text, previousSigningVersion: version, previousValidUntil: until } = key;
  if (secretHash === null || pepperVersion === null || text === null || version === null || until === null) {
    return null;
  }
  if (!vault.canVerify(pepperVersion, version)) return null;
  const context = { table: 'keys', column: 'previous_signing', row: key.id };
  const { signingSecret, publicKey } = signingMaterial(key.previousPublicKey, () =>
    vault.decrypt({ text, version }, context),
  );
  return { secretHash, pepperVersion, signingSecret, publicKey, validUntil: until.getTime() };
}

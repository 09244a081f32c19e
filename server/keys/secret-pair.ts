import type { RegisteredPublicKey } from '../../shared/public-key.ts';
import { type KeyLabel, newKeyText } from '../stores/credentials/issued-credentials.ts';
import { newSigningSecret } from '../stores/secrets/random-ids.ts';
import type { Vault } from '../stores/secrets/vault.ts';

/** The two secrets of a key, and their stored columns: a MAC under the pepper and an encrypted value. */
export function newSecretPair(vault: Vault, label: KeyLabel) {
  const secret = newKeyText(vault, label);
  const signingSecret = newSigningSecret();
  const encrypted = vault.encrypt(signingSecret, { table: 'keys', column: 'signing', row: label.id });
  return {
    secret,
    signingSecret,
    columns: {
      secretHash: vault.mac('pepper', secret),
      pepperVersion: vault.newest,
      signingSealed: encrypted.text,
      signingVersion: encrypted.version,
      publicKey: null,
    },
  };
}

/** The secret of a key that signs with its holder's private key, and the stored columns: none of them can sign. */
function newPublicKeyPair(vault: Vault, label: KeyLabel, publicKey: RegisteredPublicKey) {
  const secret = newKeyText(vault, label);
  return {
    secret,
    signingSecret: null,
    columns: {
      secretHash: vault.mac('pepper', secret),
      pepperVersion: vault.newest,
      signingSealed: '',
      signingVersion: vault.newest,
      publicKey,
    },
  };
}

/** The secrets of a key: with a public key there is no signing secret. */
export const newPair = (vault: Vault, label: KeyLabel, publicKey: RegisteredPublicKey | null) =>
  publicKey ? newPublicKeyPair(vault, label, publicKey) : newSecretPair(vault, label);

/** The columns of a key's secrets, with a signing secret or a public key. */
export type PairColumns = ReturnType<typeof newPair>['columns'];

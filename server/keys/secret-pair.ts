import type { Environment } from '../../shared/key-format.ts';
import { newKeyText } from '../stores/credentials/issued-credentials.ts';
import { newSigningSecret } from '../stores/secrets/random-ids.ts';
import type { Vault } from '../stores/secrets/vault.ts';

/** The two secrets of a key, and their stored columns: a MAC under the pepper and an encrypted text. */
export function newSecretPair(vault: Vault, brand: string, environment: Environment, id: string) {
  const secret = newKeyText(vault, brand, environment, id);
  const signingSecret = newSigningSecret();
  const sealed = vault.encrypt(signingSecret, { table: 'keys', column: 'signing', row: id });
  return {
    secret,
    signingSecret,
    columns: {
      secretHash: vault.mac('pepper', secret),
      pepperVersion: vault.newest,
      signingSealed: sealed.text,
      signingVersion: sealed.version,
    },
  };
}

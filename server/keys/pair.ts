import { type Environment, formatKey } from '../../shared/key-format.ts';
import { base62, newSigningSecret } from '../stores/random.ts';
import type { Vault } from '../stores/vault.ts';

/** The two secrets of a key, and the columns that keep what is kept of them: a peppered hash and a sealed text. */
export function newPair(vault: Vault, brand: string, environment: Environment, id: string) {
  const secret = formatKey(brand, environment, id, base62(32));
  const signingSecret = newSigningSecret();
  const sealed = vault.seal(signingSecret, { table: 'keys', column: 'signing', row: id });
  return {
    secret,
    signingSecret,
    columns: {
      secretHash: vault.hash('pepper', secret),
      pepperVersion: vault.newest,
      signingSealed: sealed.text,
      signingVersion: sealed.version,
    },
  };
}

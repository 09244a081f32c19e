import { createHash } from 'node:crypto';
import { newKeyText } from '../server/stores/issued.ts';
import { Vault } from '../server/stores/vault.ts';
import { BASE62 } from '../shared/key-format.ts';
import { MASTER_KEY } from './setting.ts';

const VAULT = new Vault([MASTER_KEY]);

/** A key of the benchmark, and both of its secrets. */
export interface BenchKey {
  readonly id: string;
  readonly secret: string;
  readonly signingSecret: string;
}

/**
 * A key by its number. Its secrets follow from the number: a process that uses many keys need not hold them, and
 * what is measured of its memory is not the benchmark's own.
 */
export function benchKey(n: number): BenchKey {
  const bytes = createHash('sha512').update(`key ${n}`).digest();
  const letters = Array.from(bytes, (byte) => BASE62.charAt(byte % 62)).join('');
  const id = letters.slice(0, 12);
  return {
    id,
    secret: newKeyText(VAULT, 'ks', 'live', id, letters.slice(12, 34)),
    signingSecret: `kss_${createHash('sha256').update(`signing ${n}`).digest('base64url')}`,
  };
}

/** The key of the service that asks; the others are those of its callers. */
export const ASKING = 0;

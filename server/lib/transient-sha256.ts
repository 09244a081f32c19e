import { hash } from 'node:crypto';

const digest = Buffer.alloc(32);

/**
 * SHA-256 of a string in UTF-8. Use it before the next call, which overwrites it: creating a buffer for each digest
 * takes longer than the hash.
 */
export function transientSha256(text: string): Buffer {
  digest.write(hash('sha256', text, 'binary'), 'binary');
  return digest;
}

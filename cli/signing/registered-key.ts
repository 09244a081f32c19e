import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { readPublicKey, type SentJwk } from '../../server/lib/public-key.ts';
import { readPublicKeyFile } from '../../server/lib/public-key-file.ts';
import type { RegisteredPublicKey } from '../../shared/public-key.ts';
import { CommandError } from '../output/failure.ts';

/** The text of a file, or standard input if its name is `-`. */
export function readKeyFile(file: string): Promise<string> {
  const read = file === '-' ? text(process.stdin) : readFile(file, 'utf8');
  return read.then(withoutByteOrderMark, (error: NodeJS.ErrnoException) => {
    throw new CommandError(`${nameOf(file)} cannot be read: ${error.code ?? error.message}.`);
  });
}

/** Editors of Windows begin a text with it. */
const withoutByteOrderMark = (read: string): string => read.replace(/^\uFEFF/, '');

/** A file as a sentence names it. */
export const nameOf = (file: string): string => (file === '-' ? 'Standard input' : file);

/**
 * Reads the file of a public key. The command asks for no proof of the private key: its user has access to the database.
 */
export async function readRegistered(file: string): Promise<RegisteredPublicKey> {
  const jwk = readPublicKeyFile(await readKeyFile(file));
  if (typeof jwk === 'string') throw new CommandError(`${nameOf(file)} ${jwk}.`);
  // Neither PEM nor ssh says how an RSA key signs.
  return checkPublicKey(
    jwk['kty'] === 'RSA' && jwk['alg'] === undefined ? { ...jwk, alg: 'PS512' } : jwk,
    file,
  );
}

/** @throws CommandError if the service would not take the key */
export function checkPublicKey(jwk: SentJwk, file: string): RegisteredPublicKey {
  const key = readPublicKey(jwk);
  if (typeof key === 'string')
    throw new CommandError(`The public key of ${file === '-' ? 'standard input' : file} ${key}.`);
  return key;
}

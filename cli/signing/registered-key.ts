import { readPublicKey, type SentJwk } from '../../server/lib/public-key.ts';
import { readPublicKeyFile } from '../../server/lib/public-key-file.ts';
import type { RegisteredPublicKey } from '../../shared/public-key.ts';
import { nameOf, readFileOrInput } from '../options/input.ts';
import { CommandError } from '../output/failure.ts';

/**
 * Reads the file of a public key. The command asks for no proof of the private key: its user has access to the database.
 */
export async function readRegistered(file: string): Promise<RegisteredPublicKey> {
  const jwk = readPublicKeyFile(await readFileOrInput(file));
  if (typeof jwk === 'string') throw new CommandError(`${nameOf(file)} ${jwk}.`);
  // Neither PEM nor the OpenSSH format says how an RSA key signs.
  return checkPublicKey(
    jwk['kty'] === 'RSA' && jwk['alg'] === undefined ? { ...jwk, alg: 'PS512' } : jwk,
    file,
  );
}

/** @throws CommandError if the service would not accept the key */
export function checkPublicKey(jwk: SentJwk, file: string): RegisteredPublicKey {
  const key = readPublicKey(jwk);
  if (typeof key === 'string')
    throw new CommandError(`The public key of ${file === '-' ? 'standard input' : file} ${key}.`);
  return key;
}

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type OpenSshFault, openSshJwk } from '../../shared/openssh-key.ts';

const FAULTS: Readonly<Record<OpenSshFault, string>> = {
  malformed: 'is not a key of OpenSSH',
  passphrase: `has a passphrase: remove it from a copy with "ssh-keygen -p -N '' -f COPY"`,
  otherKind: `is not Ed25519: convert a copy with "ssh-keygen -p -m PKCS8 -N '' -f COPY"`,
};

/**
 * Reads an Ed25519 key in OpenSSH format.
 * @returns null if the string has another format; what is wrong with the key, as part of a sentence
 */
export function readOpenSshKey(text: string): KeyObject | string | null {
  const jwk = openSshJwk(text);
  if (jwk === null) return null;
  return typeof jwk === 'string' ? FAULTS[jwk] : createPrivateKey({ key: jwk, format: 'jwk' });
}

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { sshFields } from '../server/lib/public-key-file.ts';

/** The first bytes of the format (PROTOCOL.key of OpenSSH). */
const MAGIC = 'openssh-key-v1\0';
const IS_OPENSSH = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)-----END OPENSSH PRIVATE KEY-----/;

/**
 * Reads an Ed25519 key in the format of OpenSSH: neither OpenSSL nor WebCrypto reads it, and `ssh-keygen` writes no other.
 * @returns null if the text has another format; what is wrong with the key as a text
 */
export function readOpenSshKey(text: string): KeyObject | string | null {
  const [, base64] = IS_OPENSSH.exec(text) ?? [];
  if (base64 === undefined) return null;
  const bytes = Buffer.from(base64, 'base64');
  if (!bytes.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC))) return 'is not a key of OpenSSH';
  const [cipher, kdf, options] = sshFields(bytes.subarray(MAGIC.length));
  if (cipher?.toString() !== 'none')
    return `has a passphrase: take it away from a copy with "ssh-keygen -p -N '' -f COPY"`;
  // Each with its length, then the number of keys.
  const head = [cipher, kdf, options].reduce((length, field) => length + 4 + (field?.length ?? 0), 4);
  const [, secret] = sshFields(bytes.subarray(MAGIC.length + head));
  // After two equal numbers, which show that a passphrase was right.
  const [type, x, seed] = sshFields(secret?.subarray(8) ?? Buffer.alloc(0));
  if (type?.toString() !== 'ssh-ed25519' || x?.length !== 32 || seed?.length !== 64)
    return `is not Ed25519: convert a copy with "ssh-keygen -p -m PKCS8 -N '' -f COPY"`;
  const jwk = {
    kty: 'OKP',
    crv: 'Ed25519',
    x: x.toString('base64url'),
    d: seed.toString('base64url', 0, 32),
  };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

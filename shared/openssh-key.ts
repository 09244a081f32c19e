import { base64Url, bytesFromBase64 } from './structured-fields/values.ts';

/** The first bytes of the format (PROTOCOL.key of OpenSSH). */
const MAGIC = 'openssh-key-v1\0';
const IS_OPENSSH = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)-----END OPENSSH PRIVATE KEY-----/;

/** Why a key in OpenSSH format cannot be read. */
export type OpenSshFault = 'malformed' | 'passphrase' | 'otherKind';

/**
 * Reads an Ed25519 key in OpenSSH format, the only one that `ssh-keygen` writes. Neither OpenSSL nor WebCrypto reads it.
 * @returns a JWK; null if the string has another format
 */
export function openSshJwk(text: string): Record<'kty' | 'crv' | 'x' | 'd', string> | OpenSshFault | null {
  const [, encoded] = IS_OPENSSH.exec(text) ?? [];
  if (encoded === undefined) return null;
  try {
    return readKeyBytes(bytesFromBase64(encoded.replaceAll(/\s/g, '')));
  } catch {
    return 'malformed';
  }
}

function readKeyBytes(bytes: Uint8Array) {
  if (textOf(bytes.subarray(0, MAGIC.length)) !== MAGIC) return 'malformed';
  const [cipher, kdf, options] = sshFields(bytes.subarray(MAGIC.length));
  if (textOf(cipher) !== 'none') return 'passphrase';
  // Cipher, KDF name and KDF options, each with its length, then the number of keys.
  const head = [cipher, kdf, options].reduce((length, field) => length + 4 + (field?.length ?? 0), 4);
  const [, secret] = sshFields(bytes.subarray(MAGIC.length + head));
  // They follow two equal check numbers, by which OpenSSH recognizes the right passphrase.
  const [type, x, seed] = sshFields(secret?.subarray(8) ?? new Uint8Array());
  if (textOf(type) !== 'ssh-ed25519' || x?.length !== 32 || seed?.length !== 64) return 'otherKind';
  return { kty: 'OKP', crv: 'Ed25519', x: base64Url(x), d: base64Url(seed.subarray(0, 32)) };
}

/** Fields with their lengths before them (RFC 4251 §5). */
export function sshFields<Bytes extends Uint8Array>(bytes: Bytes): Bytes[] {
  const lengths = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Bytes[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + lengths.getUint32(at);
    fields.push(bytes.subarray(at + 4, end) as Bytes);
    at = end;
  }
  return fields;
}

const textOf = (bytes: Uint8Array | undefined): string => String.fromCharCode(...(bytes ?? []));

import { createPublicKey } from 'node:crypto';
import { sshFields } from '../../shared/openssh-key.ts';
import type { SentJwk } from './public-key.ts';

/** Files without a public key in a supported format, recognized by a line in them, and the command that produces one. */
const OTHER_FILES: readonly (readonly [line: RegExp, fault: string])[] = [
  [
    /^-----BEGIN OPENSSH PRIVATE KEY-----/m,
    'is a private key: give the public key, in the file next to it whose name ends in .pub',
  ],
  [
    /^-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/m,
    'is a private key: give what "openssl pkey -in FILE -pubout" writes',
  ],
  [/^PuTTY-User-Key-File/, 'is a private key: give what "puttygen FILE -O public-openssh" writes'],
  [
    /^-----BEGIN CERTIFICATE-----/m,
    'is a certificate: give what "openssl x509 -in FILE -noout -pubkey" writes',
  ],
  [/^---- BEGIN SSH2 PUBLIC KEY ----/, 'has the form of RFC 4716: give what "ssh-keygen -i -f FILE" writes'],
  [/^ecdsa-sha2-nistp521 /, 'has a public key of another kind: give Ed25519, P-256, P-384, or RSA'],
  [/^sk-/, 'is a key of a security key, whose signatures have another form: give a key of another kind'],
];
const NO_KEY = 'has no public key: give PEM ("BEGIN PUBLIC KEY"), a JWK, or a line of ssh';
const OTHER_KIND =
  'has a public key that cannot be read, or of another kind: give Ed25519, P-256, P-384, or RSA that is not limited to PSS';

/**
 * Reads the content of a file with a public key: PEM, a JWK, or a line of ssh. Returns a string that says what is wrong if it
 * cannot be read.
 */
export function readPublicKeyFile(text: string): SentJwk | string {
  const trimmed = text.trim();
  const other = OTHER_FILES.find(([line]) => line.test(trimmed));
  if (other) return other[1];
  const isPem = /^-----BEGIN (RSA )?PUBLIC KEY-----/m.test(trimmed);
  try {
    if (trimmed.startsWith('{')) return JSON.parse(trimmed);
    return isPem ? exportJwk(trimmed) : (readSshLine(trimmed) ?? NO_KEY);
  } catch {
    return isPem ? OTHER_KIND : NO_KEY;
  }
}

const exportJwk = (pem: string): SentJwk => ({ ...createPublicKey(pem).export({ format: 'jwk' }) });

/** The line of a `.pub` file: the type, and the key as lengths and bytes in base64 (RFC 4253 §6.6, RFC 8709 §4). */
function readSshLine(line: string): SentJwk | null {
  const [, base64 = ''] = line.split(/\s+/);
  const [type, ...parts] = sshFields(Buffer.from(base64, 'base64'));
  switch (type?.toString()) {
    case 'ssh-ed25519':
      return { kty: 'OKP', crv: 'Ed25519', x: url(parts[0]) };
    case 'ecdsa-sha2-nistp256':
      return sshPoint('P-256', parts[1], 32);
    case 'ecdsa-sha2-nistp384':
      return sshPoint('P-384', parts[1], 48);
    case 'ssh-rsa':
      return { kty: 'RSA', e: url(stripSignByte(parts[0])), n: url(stripSignByte(parts[1])) };
    default:
      return null;
  }
}

/** An uncompressed point: 4, x, y (SEC 1 §2.3.3). */
function sshPoint(crv: string, point: Buffer | undefined, size: number): SentJwk | null {
  if (point?.length !== 1 + 2 * size || point[0] !== 4) return null;
  return { kty: 'EC', crv, x: url(point.subarray(1, 1 + size)), y: url(point.subarray(1 + size)) };
}

/** An integer without the zero byte that marks it as positive (RFC 4251 §5). */
const stripSignByte = (bytes: Buffer | undefined): Buffer | undefined =>
  bytes?.[0] === 0 ? bytes.subarray(1) : bytes;

const url = (bytes: Buffer | undefined): string => (bytes ?? Buffer.alloc(0)).toString('base64url');

import { createPublicKey } from 'node:crypto';
import type { SentJwk } from './public-key.ts';

/** Reads the text of a file with a public key: PEM, a JWK, or a line of ssh. @returns null if it is none of them */
export function readPublicKeyFile(text: string): SentJwk | null {
  const trimmed = text.trim();
  try {
    if (trimmed.startsWith('{')) return JSON.parse(trimmed);
    if (/^-----BEGIN (RSA )?PUBLIC KEY-----/.test(trimmed)) return exported(trimmed);
    return readSshLine(trimmed);
  } catch {
    return null;
  }
}

const exported = (pem: string): SentJwk => ({ ...createPublicKey(pem).export({ format: 'jwk' }) });

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
      return { kty: 'RSA', e: url(unsigned(parts[0])), n: url(unsigned(parts[1])) };
    default:
      return null;
  }
}

/** An uncompressed point: 4, x, y (SEC 1 §2.3.3). */
function sshPoint(crv: string, point: Buffer | undefined, size: number): SentJwk | null {
  if (point?.length !== 1 + 2 * size || point[0] !== 4) return null;
  return { kty: 'EC', crv, x: url(point.subarray(1, 1 + size)), y: url(point.subarray(1 + size)) };
}

function sshFields(bytes: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** An integer without the zero byte that marks it as positive (RFC 4251 §5). */
const unsigned = (bytes: Buffer | undefined): Buffer | undefined =>
  bytes?.[0] === 0 ? bytes.subarray(1) : bytes;

const url = (bytes: Buffer | undefined): string => (bytes ?? Buffer.alloc(0)).toString('base64url');

import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { TestService } from './service.ts';

/** The parts of a user token, from which tests assemble invalid ones. */
export interface Parts {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
}

export const b64 = (data: string | Buffer): string => Buffer.from(data).toString('base64url');

export function partsOf(token: string): Parts {
  const [header, claims] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(String(Buffer.from(part, 'base64url'))));
  return { header, claims };
}

/** The key with which the service signs user tokens: which no attacker has. */
export const signerOf = ({ running }: TestService): KeyObject =>
  createPrivateKey(
    running.service.stores.tokenKeys.signer().privateKey.export({ format: 'pem', type: 'pkcs8' }),
  );

/** Signs header and payload as they are written, with Ed25519. */
export function signed(header: string | object, payload: string | object | Buffer, key: KeyObject): string {
  const text = (part: string | object | Buffer) =>
    b64(typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part));
  const input = `${text(header)}.${text(payload)}`;
  return `${input}.${b64(sign(null, Buffer.from(input), key))}`;
}

/** HS256 over header and claims: the old trick of taking a public key for a secret. */
export function hs256({ header, claims }: Parts, secret: string | Buffer): string {
  const input = `${b64(JSON.stringify({ ...header, alg: 'HS256' }))}.${b64(JSON.stringify(claims))}`;
  return `${input}.${b64(createHmac('sha256', secret).update(input).digest())}`;
}

/** The public half, in the forms in which it lies about. */
export function publicForms(key: KeyObject): [string, string | Buffer][] {
  const half = createPublicKey(key);
  const jwk = half.export({ format: 'jwk' });
  return [
    ['PEM', half.export({ format: 'pem', type: 'spki' }).toString()],
    ['JWK', JSON.stringify(jwk)],
    ['raw', Buffer.from(String(jwk.x), 'base64url')],
  ];
}

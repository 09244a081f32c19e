import { randomBytes, randomInt } from 'node:crypto';
import { BASE62, checksum, formatKey } from '../../shared/key-format.ts';

/** A random base62 string. */
export const base62 = (length: number): string =>
  Array.from(randomBytes(length), (byte) => BASE62.charAt(byte % 62)).join('');

/** An API key that was never issued, in the right format and with the right checksum. */
export const unknownKey = (): string => wrongSecret(base62(12));

/** An API key with a known id and a made-up secret. */
export const wrongSecret = (id: string): string => formatKey('ks', 'live', id, base62(32));

/** A real API key with half of its secret replaced and its checksum corrected. */
export function alteredKey(apiKey: string): string {
  const unsealed = apiKey.slice(0, -6);
  const [before, secret] = [unsealed.slice(0, -32), unsealed.slice(-32)];
  const altered = randomInt(2) === 0 ? secret.slice(0, 16) + base62(16) : base62(16) + secret.slice(16);
  return before + altered + checksum(before + altered);
}

/** A user token that names another session, with the signature of the token that it was made from. */
export function forgedToken(token: string, sessionId: string): string {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const claims = Buffer.from(payload, 'base64url')
    .toString()
    .replace(/ses_\w{12}/g, sessionId);
  return `${head}.${Buffer.from(claims).toString('base64url')}.${signature}`;
}

/** `x-signature` in the right format with a made-up MAC. */
export const forgedSignature = (k: string): string =>
  `v1,k=${k},t=${Math.floor(Date.now() / 1000)},n=${randomBytes(16).toString('base64url')},s=${randomBytes(32).toString('hex')}`;

const hex = () => randomInt(0x10000).toString(16);

/** Random IP addresses from different networks. Each generator accepts the maximum number of networks. */
export const ADDRESSES = {
  /** Each in its own IPv4 /24. */
  ipv4: (networks: number) => {
    const network = randomInt(networks);
    return `45.${network >> 8}.${network & 255}.${randomInt(1, 255)}`;
  },
  /** All of one IPv6 /64. */
  one64: () => `2001:db8:1:1:${hex()}:${hex()}:${hex()}:${hex()}`,
  /** Each in its own /64, all of one /48. */
  many64: () => `2001:db8:2:${hex()}::${hex()}`,
  /** Each in its own /48. */
  many48: () => `2001:${hex()}:${hex()}:${hex()}::${hex()}`,
} as const satisfies Record<string, (networks: number) => string>;

/** The most networks that `ADDRESSES.ipv4` draws from. */
export const MANY_NETWORKS = 0x10000;

/** The header that gives a request a client address, on a connection of the trusted proxy. */
export const via = (address: string) => ({ 'x-forwarded-for': address });

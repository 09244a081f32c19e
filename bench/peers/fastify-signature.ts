import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Key } from './fastify-keys.ts';

const HEADER = /^v1,k=([0-9A-Za-z]{12}),t=([1-9]\d{9}),n=([\w-]{22,64}),s=([0-9a-f]{64})$/;
const MAX_AGE = 300;
const MAX_AHEAD = 60;
const SWEEP_MS = 30_000;

/** Nonces, and the second until which each is stored. */
const seen = new Map<string, number>();
setInterval(() => {
  const now = Date.now() / 1000;
  for (const [nonce, until] of seen) if (until < now) seen.delete(nonce);
}, SWEEP_MS).unref();

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

/** Checks an HMAC over the request and claims its nonce. @returns what is wrong, or null */
export function checkSignature(
  { headers, method, url }: FastifyRequest,
  key: Key,
  body: Buffer,
): string | null {
  const match = HEADER.exec(String(headers['x-signature'] ?? ''));
  if (!match) return 'SIGNATURE_MALFORMED';
  const [, k, t, nonce, mac = ''] = match;
  if (k !== key.id) return 'SIGNATURE_INVALID';
  const base = [
    'v1.request',
    k,
    t,
    nonce,
    method,
    headers.host,
    url,
    headers['content-type'] ?? '',
    sha256(String(headers['x-user-token'] ?? '')),
    sha256(body),
  ].join('\n');
  const right = createHmac('sha256', key.signingSecret).update(base).digest();
  if (!timingSafeEqual(right, Buffer.from(mac, 'hex'))) return 'SIGNATURE_INVALID';
  const age = Math.floor(Date.now() / 1000) - Number(t);
  if (age > MAX_AGE || age < -MAX_AHEAD) return 'SIGNATURE_EXPIRED';
  const name = `${k} ${nonce}`;
  if (seen.has(name)) return 'SIGNATURE_REPLAYED';
  seen.set(name, Number(t) + MAX_AGE + MAX_AHEAD);
  return null;
}

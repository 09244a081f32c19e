import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseIssuers } from '../../server/lib/issuer-config.ts';

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;

const jwkOf = (key: KeyObject, alg: string): Record<string, unknown> => ({
  ...{ ...key.export({ format: 'jwk' }), alg, kid: 'one' },
});

/** What is wrong with an entry that has this key; null if nothing is. */
function faultOf(clientKey: object, more: object = { signIn: true }): string | null {
  const entry = { name: 'company', issuer: 'https://id.example', clientId: 'a', clientKey, ...more };
  const parsed = parseIssuers(JSON.stringify([entry]));
  return typeof parsed === 'string' ? parsed : null;
}

const p256 = jwkOf(ec('P-256'), 'ES256');
const { d: _, ...publicP256 } = p256;

describe('the key of a client in KEYSEAL_ISSUERS', () => {
  it.each<[string, object]>([
    ['ES256', p256],
    ['ES384', jwkOf(ec('P-384'), 'ES384')],
    ['RS256', jwkOf(rsa(2048), 'RS256')],
    ['PS256', jwkOf(rsa(2048), 'PS256')],
  ])('signs with %s', (_, key) => {
    expect(faultOf(key)).toBe(null);
  });

  it.each<[string, object]>([
    ['is public', publicP256],
    ['is of another curve', { ...jwkOf(ec('P-384'), 'ES384'), alg: 'ES256' }],
    ['is of another kind', { ...jwkOf(rsa(2048), 'RS256'), alg: 'ES256' }],
    ['is too short', jwkOf(rsa(1024), 'RS256')],
    ['is a secret', { kty: 'oct', k: 'c2VjcmV0', d: 'c2VjcmV0', alg: 'HS256', kid: 'one' }],
    ['has no kid', { ...p256, kid: undefined }],
    ['has no alg', { ...p256, alg: undefined }],
    ['is on no curve', { ...p256, x: 'AAAA' }],
    ['has a private part that is none', { ...p256, d: 'AAAA' }],
  ])('is refused if it %s, and shown to nobody', (_, key) => {
    const fault = faultOf(key);
    expect(fault).toMatch(/^is wrong at 0\.clientKey/);
    expect(fault).not.toContain(String(p256['d']));
  });

  it('is refused where nobody signs in', () => {
    expect(faultOf(p256, { workload: true })).toMatch(/needs signIn: true with clientSecret, clientKey/);
  });
});

import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ImportedKey, importPrivateKey } from '../../web/playground/signers/private-key.ts';
import { requires } from '../harness/requires.ts';

const ed25519 = generateKeyPairSync('ed25519').privateKey;
const [p256, p384, p521] = ['P-256', 'P-384', 'P-521'].map(
  (namedCurve) => generateKeyPairSync('ec', { namedCurve }).privateKey,
) as [KeyObject, KeyObject, KeyObject];
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1') =>
  String(key.export({ format: 'pem', type } as never));
const jwk = (key: KeyObject, more: object = {}) =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });

/** A file that ssh-keygen writes. */
function openSsh(...options: string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'keyseal-ssh-')), 'key');
  execFileSync('ssh-keygen', ['-q', '-N', '', '-f', file, ...options]);
  return readFileSync(file, 'utf8');
}

const algorithmOf = async (text: string, registered?: ImportedKey['algorithm']) => {
  const imported = await importPrivateKey(text, registered);
  return typeof imported === 'string' ? imported : imported.algorithm;
};

describe('a private key of the playground is read', () => {
  it.each<[string, string, string]>([
    ['PKCS #8, Ed25519', pem(ed25519, 'pkcs8'), 'ed25519'],
    ['PKCS #8, P-384', pem(p384, 'pkcs8'), 'ecdsa-p384-sha384'],
    ['SEC 1, P-256', pem(p256, 'sec1'), 'ecdsa-p256-sha256'],
    ['SEC 1, P-384', pem(p384, 'sec1'), 'ecdsa-p384-sha384'],
    [
      'SEC 1 after its parameters',
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pem(p256, 'sec1')}`,
      'ecdsa-p256-sha256',
    ],
    ['PKCS #1', pem(rsa, 'pkcs1'), 'rsa-pss-sha512'],
    ['a JWK', jwk(p256), 'ecdsa-p256-sha256'],
    ['a JWK with its alg', jwk(ed25519, { alg: 'EdDSA' }), 'ed25519'],
    ['a JWK with its new alg', jwk(ed25519, { alg: 'Ed25519' }), 'ed25519'],
    ['a JWK of RSA with PS512', jwk(rsa, { alg: 'PS512' }), 'rsa-pss-sha512'],
    ['a JWK of RSA with RS256', jwk(rsa, { alg: 'RS256' }), 'rsa-v1_5-sha256'],
  ])('from %s', async (_, text, algorithm) => {
    expect(await algorithmOf(text)).toBe(algorithm);
  });

  it('and signs as it did before', async () => {
    const imported = (await importPrivateKey(pem(p256, 'sec1'), undefined)) as ImportedKey;
    const data = new TextEncoder().encode('base');
    const as = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = Buffer.from(await crypto.subtle.sign(as, imported.privateKey, data));
    expect(verify('sha256', data, { key: createPublicKey(p256), dsaEncoding: 'ieee-p1363' }, signature)).toBe(
      true,
    );
    expect(imported.privateKey.extractable).toBe(false);
  });

  it('as the key is registered', async () => {
    expect(await algorithmOf(pem(rsa, 'pkcs1'), 'rsa-v1_5-sha256')).toBe('rsa-v1_5-sha256');
    expect(await algorithmOf(jwk(rsa, { alg: 'RS256' }), 'rsa-v1_5-sha256')).toBe('rsa-v1_5-sha256');
  });
});

describe('a private key of the playground is refused', () => {
  it.each<[string, string, ImportedKey['algorithm'] | undefined]>([
    ['of another curve', jwk(p256, { alg: 'ES384' }), undefined],
    ['of another kind', jwk(ed25519, { alg: 'ES256' }), undefined],
    ['of no signature', jwk(rsa, { alg: 'RSA-OAEP' }), undefined],
    ['by which RSA does not sign here', jwk(rsa, { alg: 'PS256' }), undefined],
    ['that is no text', jwk(p256, { alg: ['ES256'] }), undefined],
    ['that is not the registered one', jwk(rsa, { alg: 'RS256' }), 'rsa-pss-sha512'],
  ])('for an alg %s', async (_, text, registered) => {
    expect(await algorithmOf(text, registered)).toBe('otherAlg');
  });

  it.each<[string, string]>([
    ['P-521', pem(p521, 'sec1')],
    ['P-521 in PKCS #8', pem(p521, 'pkcs8')],
    ['SEC 1 that is cut off', pem(p256, 'sec1').replace(/\n[^\n]+\n-----END/, '\n-----END')],
    ['SEC 1 that says PKCS #1', pem(p256, 'sec1').replaceAll('EC PRIVATE', 'RSA PRIVATE')],
    [
      'PKCS #1 with a passphrase',
      String(rsa.export({ format: 'pem', type: 'pkcs1', cipher: 'aes-256-cbc', passphrase: 'x' })),
    ],
    ['a public JWK', JSON.stringify(createPublicKey(p256).export({ format: 'jwk' }))],
    ['a public PEM', String(createPublicKey(p256).export({ format: 'pem', type: 'spki' }))],
    ['nothing', ''],
    ['null', 'null'],
    ['text', 'not a key'],
  ])('%s', async (_, text) => {
    expect(await algorithmOf(text)).toBe('privateKey');
  });
});

requires('ssh-keygen').describe('a private key of OpenSSH', () => {
  const { test } = requires('ssh-keygen');

  test('is read in the playground', async () => {
    expect(await algorithmOf(openSsh('-t', 'ed25519'))).toBe('ed25519');
  });

  test('is refused if it is not Ed25519, or is cut off', async () => {
    expect(await algorithmOf(openSsh('-t', 'ecdsa'))).toBe('privateKey');
    const cut = openSsh('-t', 'ed25519').replace(/\n[^\n]+\n-----END/, '\n-----END');
    expect(await algorithmOf(cut)).toBe('privateKey');
  });
});

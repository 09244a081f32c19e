import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { createKey, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let frozen = Date.now();
const clock = () => frozen;

let issuer: HostileIssuer;
let service: TestService;
let key: Credentials;
let nth = 0;

beforeAll(async () => {
  issuer = await startHostileIssuer(clock);
  const entry = { name: 'company', issuer: issuer.issuer, audience: 'keyseal', userToken: true };
  const one = { ...entry, clientId: 'keyseal', clients: ['web', 'mobile'] };
  service = await startTestService({ clock, env: { KEYSEAL_ISSUERS: JSON.stringify([one]) } });
  key = await createKey(service, await signUp(service));
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
const ed25519 = generateKeyPairSync('ed25519').privateKey;
const x25519 = generateKeyPairSync('x25519').privateKey;
const jwk = (of: KeyObject, more: object) => ({ ...createPublicKey(of).export({ format: 'jwk' }), ...more });

async function reasonOf(token: string): Promise<string> {
  const t = Math.floor(clock() / 1000);
  const draft = sign(key, '/api/whoami', { authority: service.authority, token, t });
  return (await send(service.port, draft)).reason ?? 'admitted';
}

/** Publishes keys that the service has not read. The pause between two readings passes. */
function publish(keys: readonly unknown[]): void {
  frozen += 6_000;
  issuer.misbehave((response) => void response.end(JSON.stringify({ keys })));
}

/** What is answered to a token of a key, after the issuer has published a set that the service did not know. */
function withSet(make: (kid: string) => readonly unknown[], signer = rsa): Promise<string> {
  const kid = `kid-${++nth}`;
  // A `kid` that is new makes the service read them.
  publish(make(kid));
  return reasonOf(issuer.token({}, { kid }, signer));
}

describe('a key set of a trusted issuer', () => {
  it.each<[string, (kid: string) => readonly unknown[]]>([
    ['with the key alone', (kid) => [jwk(rsa, { kid })]],
    ['whose key says what it is for', (kid) => [jwk(rsa, { kid, use: 'sig', key_ops: ['verify'] })]],
    [
      'with keys of unknown types, and with what is no key',
      (kid) => [
        null,
        'key',
        7,
        [],
        {},
        { kty: 'AKP', kid },
        { kty: 'oct', k: 'AAAA', kid },
        jwk(rsa, { kid }),
      ],
    ],
    ['with the key and one of another type under one kid', (kid) => [jwk(curve, { kid }), jwk(rsa, { kid })]],
    [
      'with an encryption key under the same kid',
      (kid) => [jwk(otherRsa, { kid, use: 'enc' }), jwk(rsa, { kid })],
    ],
    ['with the same key twice', (kid) => [jwk(rsa, { kid }), jwk(rsa, { kid })]],
    ['of a hundred keys', (kid) => [jwk(rsa, { kid }), ...Array(99).fill(jwk(curve, { kid: 'other' }))]],
  ])('%s verifies its token', async (_, make) => {
    expect(await withSet(make)).toBe('admitted');
  });

  it.each<[string, (kid: string) => readonly unknown[]]>([
    ['that is empty', () => []],
    ['with a key for encryption', (kid) => [jwk(rsa, { kid, use: 'enc' })]],
    ['with a key for other operations', (kid) => [jwk(rsa, { kid, key_ops: ['encrypt', 'wrapKey'] })]],
    ['with a key for another algorithm', (kid) => [jwk(rsa, { kid, alg: 'PS256' })]],
    ['with another key of that kid', (kid) => [jwk(otherRsa, { kid })]],
    ['with two keys of one kid', (kid) => [jwk(rsa, { kid }), jwk(otherRsa, { kid })]],
    ['with a private key', (kid) => [{ ...rsa.export({ format: 'jwk' }), kid }]],
    ['with a broken key', (kid) => [{ ...jwk(rsa, { kid }), n: '*' }]],
    ['whose kid differs in case', (kid) => [jwk(rsa, { kid: kid.toUpperCase() })]],
    ['whose kid is a number', () => [jwk(rsa, { kid: nth })]],
  ])('%s verifies no token', async (_, make) => {
    expect(await withSet(make)).toBe('TOKEN_INVALID');
  });

  it.each<[string, KeyObject, (kid: string) => readonly unknown[], string]>([
    ['of P-384 verifies no ES256', p384, (kid) => [jwk(p384, { kid })], 'TOKEN_INVALID'],
    [
      'of P-384 that says ES256 verifies none',
      p384,
      (kid) => [jwk(p384, { kid, alg: 'ES256' })],
      'TOKEN_INVALID',
    ],
    [
      'of P-256 that says P-384 verifies none',
      curve,
      (kid) => [jwk(curve, { kid, crv: 'P-384' })],
      'TOKEN_INVALID',
    ],
    ['of Ed25519 verifies EdDSA', ed25519, (kid) => [jwk(ed25519, { kid })], 'admitted'],
    [
      'of Ed25519 beside one of X25519 with its kid verifies EdDSA',
      ed25519,
      (kid) => [jwk(x25519, { kid }), jwk(ed25519, { kid })],
      'admitted',
    ],
    [
      'of Ed25519 that says Ed25519 (RFC 9864) verifies EdDSA',
      ed25519,
      (kid) => [jwk(ed25519, { kid, alg: 'Ed25519' })],
      'admitted',
    ],
    ['of X25519 verifies none', ed25519, (kid) => [jwk(x25519, { kid })], 'TOKEN_INVALID'],
    [
      'of an RSA key as a shared secret verifies none',
      rsa,
      (kid) => [{ kty: 'oct', kid, k: jwk(rsa, {}).n }],
      'TOKEN_INVALID',
    ],
    [
      'with a private member that is null verifies none',
      rsa,
      (kid) => [jwk(rsa, { kid, d: null })],
      'TOKEN_INVALID',
    ],
    ['without a modulus verifies none', rsa, (kid) => [jwk(rsa, { kid, n: undefined })], 'TOKEN_INVALID'],
  ])('with a key %s', async (_, signer, make, outcome) => {
    expect(await withSet(make, signer)).toBe(outcome);
  });

  it.each<[string, (kid: string) => readonly unknown[]]>([
    ['a thousand keys', (kid) => [jwk(rsa, { kid }), ...Array(999).fill({ kty: 'EC' })]],
    ['a thousand RSA keys', (kid) => Array(1_000).fill(jwk(rsa, { kid }))],
  ])('of %s counts as unread: 503, and the log says why', async (_, make) => {
    expect(await withSet(make)).toBe('UNAVAILABLE');
    expect(service.log.join('\n')).toMatch(/has more than 100 keys|is larger than 262144 bytes/);
    // The keys from before remain.
    issuer.misbehave(null);
  });
});

describe('an issuer that takes keys from its set', () => {
  // An outage leaves the known keys. A set that was read is what the issuer says now, and it may have lost a private key.
  it.each<[string, readonly unknown[]]>([
    ['all of them', []],
    ['one of two', [jwk(curve, { kid: 'remaining' })]],
  ])(
    '%s: its tokens are refused as soon as the set was read, and accepted again with it',
    async (_, left) => {
      const kid = `kid-${++nth}`;
      const known = [jwk(rsa, { kid }), jwk(curve, { kid: 'remaining' })];
      const token = issuer.token({}, { kid }, rsa);
      publish(known);
      expect(await reasonOf(token)).toBe('admitted');
      publish(left);
      expect(await reasonOf(issuer.token({}, { kid: `${kid}-new` }, rsa))).toBe('TOKEN_INVALID');
      expect(await reasonOf(token)).toBe('TOKEN_INVALID');
      publish(known);
      expect(await reasonOf(token)).toBe('admitted');
    },
  );
});

describe('a token with the algorithm Ed25519 (RFC 9864)', () => {
  it.each<[string, (kid: string) => object, string]>([
    ['of a key without alg', (kid) => jwk(ed25519, { kid }), 'admitted'],
    ['of a key that says EdDSA', (kid) => jwk(ed25519, { kid, alg: 'EdDSA' }), 'admitted'],
    ['of a key that says Ed25519', (kid) => jwk(ed25519, { kid, alg: 'Ed25519' }), 'admitted'],
    ['of another key', (kid) => jwk(generateKeyPairSync('ed25519').privateKey, { kid }), 'TOKEN_INVALID'],
    ['of a key of X25519', (kid) => jwk(x25519, { kid }), 'TOKEN_INVALID'],
    ['of an RSA key', (kid) => jwk(rsa, { kid }), 'TOKEN_INVALID'],
  ])('%s is %s', async (_, key, outcome) => {
    const kid = `kid-${++nth}`;
    publish([key(kid)]);
    expect(await reasonOf(issuer.token({}, { kid, alg: 'Ed25519' }, ed25519))).toBe(outcome);
  });

  it.each<[readonly string[], string, string]>([
    [['EdDSA'], 'Ed25519', 'admitted'],
    [['Ed25519'], 'Ed25519', 'admitted'],
    [['Ed25519'], 'EdDSA', 'TOKEN_INVALID'],
    [['ES256'], 'Ed25519', 'TOKEN_INVALID'],
  ])('with algorithms %j: alg %s is %s', async (algorithms, alg, outcome) => {
    const entry = { name: 'company', issuer: issuer.issuer, audience: 'keyseal', userToken: true };
    const env = { KEYSEAL_ISSUERS: JSON.stringify([{ ...entry, algorithms }]) };
    publish([jwk(ed25519, { kid: 'ed' })]);
    const other = await startTestService({ clock, env });
    const theirs = await createKey(other, await signUp(other));
    const token = issuer.token({}, { kid: 'ed', alg }, ed25519);
    const t = Math.floor(clock() / 1000);
    const draft = sign(theirs, '/api/whoami', { authority: other.authority, token, t });
    expect((await send(other.port, draft)).reason ?? 'admitted').toBe(outcome);
    await other.stop();
  });
});

describe('the audience and the client of a user token', () => {
  beforeAll(() => {
    frozen += 6_000;
    issuer.misbehave(null);
  });

  it.each<[string, object]>([
    ['of one client that is named', { azp: 'web' }],
    ['of one that is named as in RFC 9068', { client_id: 'web' }],
    ['of another', { azp: 'mobile' }],
    ['without azp', {}],
    ['for several audiences', { aud: ['https://other.example', 'keyseal'], azp: 'web' }],
  ])('%s is accepted', async (_, claims) => {
    expect(await reasonOf(issuer.token(claims, { kid: 'first' }))).toBe('admitted');
  });

  it.each<[string, object]>([
    ['of a client that is not named', { azp: 'intruder' }],
    ['of the client with which people sign in', { azp: 'keyseal' }],
    ['whose client_id is not named', { client_id: 'intruder' }],
    ['whose client_id alone is not named', { azp: 'web', client_id: 'intruder' }],
    ['whose client_id is a list', { client_id: ['web'] }],
    ['whose azp is a list', { azp: ['web'] }],
    ['whose azp is empty', { azp: '' }],
    ['whose azp is null', { azp: null }],
    ['whose azp is in another case', { azp: 'Web' }],
    ['whose azp looks the same', { azp: 'w\u0435b' }],
    ['for other audiences', { aud: ['https://other.example', 'web'] }],
    ['for no audience', { aud: [] }],
    ['whose audience begins the same', { aud: 'keyseal.evil.example' }],
    ['whose audience is within a list within a list', { aud: [['keyseal']] }],
    ['whose list has more than texts', { aud: ['keyseal', 7] }],
    ['whose audience is an object', { aud: { keyseal: true } }],
  ])('%s is refused', async (_, claims) => {
    expect(await reasonOf(issuer.token(claims, { kid: 'first' }))).toBe('TOKEN_INVALID');
  });
});

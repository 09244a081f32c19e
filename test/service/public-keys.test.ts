import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  verify,
} from 'node:crypto';
import { sql } from 'drizzle-orm';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPublicKey } from '../../server/lib/public-key.ts';
import { rewrapAll } from '../../server/stores/secrets/rewrap-all.ts';
import { type StandardOptions, signerOf, signStandard } from '../harness/http-signature.ts';
import { mutate, type Person, query, signUp } from '../harness/people.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import { verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Answer, type Credentials, type Draft, newNonce, send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '10000' } });
  ada = await signUp(service);
});
afterAll(() => service.stop());

/** A kind of key: how it is made, what its JWK says of the algorithm, and how it signs a base and a proof. */
interface Kind {
  readonly algorithm: string;
  readonly alg: string;
  readonly make: () => { privateKey: KeyObject; publicKey: KeyObject };
  readonly sign: (key: KeyObject) => (base: string) => Buffer;
}

const KINDS: readonly Kind[] = [
  {
    algorithm: 'ed25519',
    alg: 'EdDSA',
    make: () => generateKeyPairSync('ed25519'),
    sign: (key) => signerOf(key),
  },
  {
    algorithm: 'ecdsa-p256-sha256',
    alg: 'ES256',
    make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    sign: (key) => signerOf(key, 'sha256'),
  },
  {
    algorithm: 'ecdsa-p384-sha384',
    alg: 'ES384',
    make: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    sign: (key) => signerOf(key, 'sha384'),
  },
  {
    algorithm: 'rsa-pss-sha512',
    alg: 'PS512',
    make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    sign: (key) => signerOf(key, 'sha512', { padding: 6, saltLength: 64 }),
  },
  {
    algorithm: 'rsa-v1_5-sha256',
    alg: 'RS256',
    make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    sign: (key) => signerOf(key, 'sha256'),
  },
];
const [ED25519 = KINDS[0] as Kind, P256 = KINDS[0] as Kind] = KINDS;

const jwkOf = (publicKey: KeyObject, { alg }: Kind) => ({ ...publicKey.export({ format: 'jwk' }), alg });

function proofBy(
  privateKey: KeyObject,
  alg: string,
  claims: object = {},
  header: object = {},
): Promise<string> {
  const all = {
    aud: service.running.service.issuer,
    iat: Math.floor(Date.now() / 1000),
    jti: newNonce(),
    ...claims,
  };
  return new CompactSign(Buffer.from(JSON.stringify(all)))
    .setProtectedHeader({ alg, ...header })
    .sign(privateKey);
}

const INPUT = { name: 'A key', environment: 'live', permissions: ['exemple:read', 'echo:write'] };

async function register(kind: Kind, more: object = {}, who: Person = ada) {
  const { privateKey, publicKey } = kind.make();
  const input = {
    ...INPUT,
    publicKey: jwkOf(publicKey, kind),
    proof: await proofBy(privateKey, kind.alg),
    ...more,
  };
  const answer = await mutate(service, who, 'keys.create', input);
  const data = answer.json?.result?.data;
  const credentials: Credentials = { id: data?.key.id, apiKey: data?.secret, signingSecret: '' };
  return { answer, data, credentials, privateKey, publicKey, input };
}

const signed = (key: Credentials, by: (base: string) => Buffer, more: Partial<StandardOptions> = {}): Draft =>
  signStandard(key, '/api/exemple', { authority: service.authority, sign: by, ...more });
const reasonOf = async (draft: Draft) => {
  const { status, reason } = await send(service.port, draft);
  return reason ?? status;
};
const issueOf = ({ json, reason }: Answer) => [reason, json.error?.data.issues?.[0]?.path];

describe.each(KINDS)('a key that signs by $algorithm', (kind) => {
  it('shares no secret, and is admitted once for each request', async () => {
    const { data, credentials, privateKey } = await register(kind);
    expect(data.signingSecret).toBeNull();
    expect(data.key.signature).toEqual({
      algorithm: kind.algorithm,
      thumbprint: expect.stringMatching(/^[\w-]{43}$/),
    });
    const draft = signed(credentials, kind.sign(privateKey));
    expect(await reasonOf(draft)).toBe(200);
    expect(await reasonOf(draft)).toBe('SIGNATURE_REPLAYED');
    expect(
      await reasonOf(
        signed(credentials, kind.sign(privateKey), { parameters: { alg: `"${kind.algorithm}"` } }),
      ),
    ).toBe(200);
    const body = '{"text":"mine"}';
    const call = signStandard(credentials, '/api/echo', {
      authority: service.authority,
      body,
      sign: kind.sign(privateKey),
    });
    expect(await reasonOf({ ...call, body: Buffer.from('{"text":"evil"}') })).toBe('SIGNATURE_INVALID');
    expect(await reasonOf(call)).toBe(200);
  });

  it('refuses a signature by another key, with any alg', async () => {
    const { credentials, publicKey } = await register(kind);
    const { privateKey: other } = kind.make();
    expect(await reasonOf(signed(credentials, kind.sign(other)))).toBe('SIGNATURE_INVALID');
    const secrets = [
      publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
      '',
    ];
    for (const secret of secrets) {
      const hmac = (base: string) => createHmac('sha256', secret).update(base).digest();
      for (const alg of [null, '"hmac-sha256"', `"${kind.algorithm}"`])
        expect(await reasonOf(signed(credentials, hmac, { parameters: { alg } }))).toBe('SIGNATURE_INVALID');
      const v1 = sign({ ...credentials, signingSecret: secret }, '/api/exemple', {
        authority: service.authority,
      });
      expect(await reasonOf(v1)).toBe('SIGNATURE_INVALID');
    }
  });

  it('refuses bytes that are not a signature', async () => {
    const { credentials, privateKey } = await register(kind);
    const genuine = kind.sign(privateKey);
    for (const broken of [
      () => Buffer.alloc(0),
      (base: string) => Buffer.alloc(genuine(base).length),
      (base: string) => Buffer.alloc(genuine(base).length, 0xff),
      (base: string) => genuine(base).subarray(1),
      (base: string) => Buffer.concat([genuine(base), Buffer.alloc(1)]),
    ])
      expect(await reasonOf(signed(credentials, broken))).toBe('SIGNATURE_INVALID');
  });
});

describe('the clock of SIGNATURE_EXPIRED for a public key', () => {
  const TARGET = '/.well-known/http-message-signatures-directory';
  const clockOf = async (draft: Draft) => {
    const { reason, json } = await send(service.port, draft);
    return { reason, clock: json.error.data.clock };
  };
  const publishedKey = async (keyid: string) => {
    const { json } = await send(service.port, {
      method: 'GET',
      target: TARGET,
      headers: [['host', 'a']],
      body: null,
    });
    const key = json.keys.find(({ kid }: { kid: string }) => kid === keyid);
    return createPublicKey({ key, format: 'jwk' });
  };

  it.each([-330, 90])(
    'is signed by the service for this very signature, made %d s from now',
    async (offset) => {
      const { credentials, privateKey } = await register(ED25519);
      const [created, nonce] = [Math.floor(Date.now() / 1000) + offset, newNonce()];
      const parameters = { created: String(created), nonce: `"${nonce}"` };
      const { reason, clock } = await clockOf(signed(credentials, ED25519.sign(privateKey), { parameters }));
      expect([reason, Object.keys(clock)]).toEqual(['SIGNATURE_EXPIRED', ['now', 'keyid', 'signature']]);
      expect(Math.abs(clock.now - created + offset)).toBeLessThan(30);
      const verifies = async (base: string) =>
        verify(
          null,
          Buffer.from(base),
          await publishedKey(clock.keyid),
          Buffer.from(clock.signature, 'base64'),
        );
      expect(await verifies(`v1.clock\n${credentials.id}\n${nonce}\n${clock.now}`)).toBe(true);
      for (const other of [`x\n${nonce}\n${clock.now}`, `${credentials.id}\n${nonce}\n${clock.now + 1}`])
        expect(await verifies(`v1.clock\n${other}`)).toBe(false);
    },
  );

  it('is not revealed to a caller without the private key', async () => {
    const { credentials } = await register(ED25519);
    const otherKey = ED25519.sign(ED25519.make().privateKey);
    const parameters = { created: String(Math.floor(Date.now() / 1000) - 330) };
    expect(await clockOf(signed(credentials, otherKey, { parameters }))).toEqual({
      reason: 'SIGNATURE_INVALID',
      clock: undefined,
    });
  });
});

describe('signatures in another form of the same algorithm', () => {
  it('ECDSA in DER is refused; of s both values are accepted, since the nonce makes a request unique', async () => {
    const { credentials, privateKey } = await register(P256);
    const der = signerOf(privateKey, 'sha256', { dsaEncoding: 'der' });
    expect(await reasonOf(signed(credentials, der))).toBe('SIGNATURE_INVALID');
    const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
    const flipped = (base: string) => {
      const bytes = P256.sign(privateKey)(base);
      const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
      return Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
    };
    // At one time: a nonce is accepted once at each.
    const parameters = { created: String(Math.floor(Date.now() / 1000)), nonce: `"${newNonce()}"` };
    expect(await reasonOf(signed(credentials, P256.sign(privateKey), { parameters }))).toBe(200);
    expect(await reasonOf(signed(credentials, flipped, { parameters }))).toBe('SIGNATURE_REPLAYED');
    expect(await reasonOf(signed(credentials, flipped))).toBe(200);
  });

  it('Ed25519 with an S that is not reduced is refused (RFC 8032 §5.1.7)', async () => {
    const { credentials, privateKey } = await register(ED25519);
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const more = (base: string) => {
      const bytes = ED25519.sign(privateKey)(base);
      const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
      return Buffer.concat([
        bytes.subarray(0, 32),
        Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse(),
      ]);
    };
    expect(await reasonOf(signed(credentials, more))).toBe('SIGNATURE_INVALID');
  });

  it('PSS with a salt of another length is refused (RFC 9421 §3.3.1)', async () => {
    const kind = KINDS.find(({ algorithm }) => algorithm === 'rsa-pss-sha512') as Kind;
    const { credentials, privateKey } = await register(kind);
    const short = signerOf(privateKey, 'sha512', { padding: 6, saltLength: 32 });
    expect(await reasonOf(signed(credentials, short))).toBe('SIGNATURE_INVALID');
  });
});

describe('a registration', () => {
  const attempt = async (
    change: (draft: { privateKey: KeyObject; input: Record<string, unknown> }) => unknown,
  ) => {
    const { privateKey, publicKey } = ED25519.make();
    const input = {
      ...INPUT,
      publicKey: jwkOf(publicKey, ED25519),
      proof: await proofBy(privateKey, 'EdDSA'),
    };
    return issueOf(
      await mutate(service, ada, 'keys.create', (await change({ privateKey, input })) as object),
    );
  };

  it.each<[string, (draft: { privateKey: KeyObject; input: Record<string, unknown> }) => unknown]>([
    ['without a proof', ({ input }) => ({ ...input, proof: undefined })],
    ['with a proof that is none', ({ input }) => ({ ...input, proof: 'x.y.z' })],
    [
      'by another key',
      async ({ input }) => ({ ...input, proof: await proofBy(ED25519.make().privateKey, 'EdDSA') }),
    ],
    [
      'for another service',
      async ({ input, privateKey }) => ({
        ...input,
        proof: await proofBy(privateKey, 'EdDSA', { aud: 'https://other.example' }),
      }),
    ],
    [
      'from six minutes ago',
      async ({ input, privateKey }) => ({
        ...input,
        proof: await proofBy(privateKey, 'EdDSA', { iat: Math.floor(Date.now() / 1000) - 360 }),
      }),
    ],
    [
      'from the future',
      async ({ input, privateKey }) => ({
        ...input,
        proof: await proofBy(privateKey, 'EdDSA', { iat: Math.floor(Date.now() / 1000) + 120 }),
      }),
    ],
    [
      'whose time is a string',
      async ({ input, privateKey }) => ({
        ...input,
        proof: await proofBy(privateKey, 'EdDSA', { iat: 'now' }),
      }),
    ],
    [
      'whose jti is short',
      async ({ input, privateKey }) => ({
        ...input,
        proof: await proofBy(privateKey, 'EdDSA', { jti: 'x' }),
      }),
    ],
    [
      'whose jti has a NUL',
      async ({ input, privateKey }) => ({
        ...input,
        proof: await proofBy(privateKey, 'EdDSA', { jti: `${newNonce()}\0` }),
      }),
    ],
    [
      'whose jti has half a character',
      async ({ input, privateKey }) => ({
        ...input,
        proof: await proofBy(privateKey, 'EdDSA', { jti: `${newNonce()}\ud800` }),
      }),
    ],
    [
      'with more claims',
      async ({ input, privateKey }) => ({
        ...input,
        proof: await proofBy(privateKey, 'EdDSA', { sub: 'x' }),
      }),
    ],
  ])('%s is refused', async (_, change) => {
    expect(await attempt(change)).toEqual(['INPUT_INVALID', 'proof']);
  });

  it('of Ed25519 is proven under both names of the algorithm (RFC 9864 §2.2)', async () => {
    const { privateKey, publicKey } = ED25519.make();
    const jwk = { ...publicKey.export({ format: 'jwk' }), alg: 'Ed25519' };
    const proof = await proofBy(privateKey, 'Ed25519');
    const answer = await mutate(service, ada, 'keys.create', { ...INPUT, publicKey: jwk, proof });
    expect(answer.json.result.data.key.signature.algorithm).toBe('ed25519');
  });

  it('accepts each proof once', async () => {
    const { input, answer } = await register(ED25519);
    expect(answer.status).toBe(200);
    expect(issueOf(await mutate(service, ada, 'keys.create', input))).toEqual(['INPUT_INVALID', 'proof']);
  });

  it('is carried out once with an idempotency key', async () => {
    const { input, data } = await register(ED25519, { idempotencyKey: newNonce() });
    const again = await mutate(service, ada, 'keys.create', input);
    expect(again.json.result.data).toEqual({ key: data.key, secret: null, signingSecret: null });
  });

  it('is carried out once with an idempotency key, also if its proof is made again', async () => {
    const { input, data, privateKey } = await register(ED25519, { idempotencyKey: newNonce() });
    const again = { ...input, proof: await proofBy(privateKey, ED25519.alg) };
    const { json } = await mutate(service, ada, 'keys.create', again);
    expect(json.result?.data).toEqual({ key: data.key, secret: null, signingSecret: null });
    const other = jwkOf(ED25519.make().publicKey, ED25519);
    expect(issueOf(await mutate(service, ada, 'keys.create', { ...again, publicKey: other }))[0]).toBe(
      'IDEMPOTENCY_MISMATCH',
    );
  });

  it('with a proof but no key is refused', async () => {
    expect(await attempt(({ input }) => ({ ...input, publicKey: undefined }))).toEqual([
      'INPUT_INVALID',
      'publicKey',
    ]);
  });
});

describe('a public key', () => {
  const ed = () => ({ ...ED25519.make().publicKey.export({ format: 'jwk' }) }) as Record<string, unknown>;
  const ec = () => ({ ...P256.make().publicKey.export({ format: 'jwk' }) }) as Record<string, unknown>;
  const rsa = (bits: number, more: object = {}) =>
    ({
      ...generateKeyPairSync('rsa', { modulusLength: bits, ...more }).publicKey.export({ format: 'jwk' }),
      alg: 'PS512',
    }) as Record<string, unknown>;
  const point = (hex: string) => ({
    kty: 'OKP',
    crv: 'Ed25519',
    x: Buffer.from(hex, 'hex').toString('base64url'),
  });

  /** More lists within each other than a program can walk. */
  const nested = () => JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);

  it.each<[string, () => Record<string, unknown>]>([
    ['a private key', () => ({ ...ED25519.make().privateKey.export({ format: 'jwk' }) })],
    ['a shared key', () => ({ kty: 'oct', k: 'c2VjcmV0' })],
    ['an algorithm of another kind', () => ({ ...ed(), alg: 'ES256' })],
    ['hmac-sha256', () => ({ ...ed(), alg: 'hmac-sha256' })],
    ['a key for encryption', () => ({ ...ec(), use: 'enc' })],
    ['a key for key agreement, by its operations', () => ({ ...ec(), key_ops: ['deriveKey'] })],
    ['operations that are no list', () => ({ ...ec(), key_ops: 'verify' })],
    ['a curve for key agreement', () => ({ ...ed(), crv: 'X25519' })],
    ['another curve', () => ({ ...ec(), crv: 'secp256k1' })],
    ['a point that is not on the curve', () => ({ ...ec(), y: ec()['x'] })],
    ['a coordinate with padding', () => ({ ...ed(), x: `${ed()['x']}=` })],
    ['a short coordinate', () => ({ ...ec(), x: 'AAAA' })],
    ['a coordinate that is a number', () => ({ ...ed(), x: 1 })],
    ['a coordinate that is a list', () => ({ ...ed(), x: [ed()['x']] })],
    ['a curve that is a list', () => ({ ...ed(), crv: ['Ed25519'] })],
    ['lists within lists', () => ({ ...ed(), x: nested(), crv: nested(), alg: nested() })],
    ['a coordinate of lists within lists', () => ({ ...ed(), x: nested() })],
    ['RSA without an algorithm', () => ({ ...rsa(2048), alg: undefined })],
    ['RSA of 1024 bits', () => rsa(1024)],
    ['RSA with a small exponent', () => rsa(2048, { publicExponent: 3 })],
    ['the point at infinity', () => point(`01${'00'.repeat(31)}`)],
    ['a point of order 2', () => point(`ec${'ff'.repeat(30)}7f`)],
    ['a point of order 4', () => point('00'.repeat(32))],
    ['a point of order 4, with a sign', () => point(`${'00'.repeat(31)}80`)],
    ['a point of order 8', () => point('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')],
    [
      'another point of order 8',
      () => point('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'),
    ],
    ['a point that is not canonical', () => point(`ee${'ff'.repeat(30)}7f`)],
    ['nothing', () => ({})],
    ['a name of JavaScript', () => ({ kty: 'constructor', alg: 'toString' })],
  ])('is not %s', (_, jwk) => {
    expect(readPublicKey(jwk())).toBeTypeOf('string');
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['a private key', () => ({ ...ED25519.make().privateKey.export({ format: 'jwk' }) })],
    ['a shared key', () => ({ kty: 'oct', k: 'c2VjcmV0' })],
    ['RSA of 1024 bits', () => rsa(1024)],
    ['a point that is not on the curve', () => ({ ...ec(), y: ec()['x'] })],
    ['a point of low order', () => point('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')],
    ['the point at infinity', () => point(`01${'00'.repeat(31)}`)],
  ])('that is %s is refused, for a new key and for a rotation', async (_, make) => {
    const proof = await proofBy(ED25519.make().privateKey, 'EdDSA');
    const { data } = await register(ED25519);
    for (const [name, more] of [
      ['keys.create', INPUT],
      ['keys.rotate', { id: data.key.id, graceSeconds: 0 }],
    ] as const) {
      const answer = await mutate(service, ada, name, { ...more, publicKey: make(), proof });
      expect(issueOf(answer)).toEqual(['INPUT_INVALID', 'publicKey']);
    }
  });

  it('has the thumbprint of RFC 8037, appendix A.3', () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid: 'mine' };
    expect(readPublicKey(jwk)).toEqual({
      algorithm: 'ed25519',
      thumbprint: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
      jwk: { crv: 'Ed25519', kty: 'OKP', x: jwk.x },
    });
  });
});

describe('a rotation', () => {
  it('replaces a secret by a public key and back, with a grace period for each', async () => {
    const made = await mutate(service, ada, 'keys.create', INPUT);
    const { key, secret, signingSecret } = made.json.result.data;
    const shared: Credentials = { id: key.id, apiKey: secret, signingSecret };
    const { privateKey, publicKey } = ED25519.make();
    const rotate = async (more: object) =>
      (await mutate(service, ada, 'keys.rotate', { id: key.id, graceSeconds: 600, ...more })).json.result
        ?.data;
    const first = await rotate({
      publicKey: jwkOf(publicKey, ED25519),
      proof: await proofBy(privateKey, 'EdDSA'),
    });
    expect([first.signingSecret, first.key.signature.algorithm]).toEqual([null, 'ed25519']);
    const own: Credentials = { id: key.id, apiKey: first.secret, signingSecret: '' };
    const by = ED25519.sign(privateKey);
    expect(await reasonOf(signed(own, by))).toBe(200);
    expect(await reasonOf(sign(shared, '/api/exemple', { authority: service.authority }))).toBe(200);
    // Each signer works only with the API key from the same rotation.
    expect(await reasonOf(signed({ ...own, apiKey: secret }, by))).toBe('SIGNATURE_INVALID');
    expect(
      await reasonOf(
        sign({ ...shared, apiKey: first.secret }, '/api/exemple', { authority: service.authority }),
      ),
    ).toBe('SIGNATURE_INVALID');
    const again = { publicKey: jwkOf(publicKey, ED25519), proof: await proofBy(privateKey, 'EdDSA') };
    expect(await rotate(again)).toBeUndefined();
    const second = await rotate({});
    expect(second.key.signature).toEqual({ algorithm: 'hmac-sha256', thumbprint: null });
    expect(await reasonOf(signed(own, by))).toBe(200);
    expect(await reasonOf(sign(shared, '/api/exemple', { authority: service.authority }))).toBe(
      'KEY_INVALID',
    );
    const last: Credentials = { id: key.id, apiKey: second.secret, signingSecret: second.signingSecret };
    expect(await reasonOf(sign(last, '/api/exemple', { authority: service.authority }))).toBe(200);
  });
});

describe('a key without a shared secret', () => {
  it('is revoked like any other, and the time of its signatures is checked', async () => {
    const { credentials, privateKey } = await register(ED25519);
    const by = ED25519.sign(privateKey);
    const late = signed(credentials, by, {
      parameters: { created: String(Math.floor(Date.now() / 1000) - 400) },
    });
    expect(await reasonOf(late)).toBe('SIGNATURE_EXPIRED');
    expect(await reasonOf(signed(credentials, by))).toBe(200);
    await mutate(service, ada, 'keys.revoke', { id: credentials.id });
    expect(await reasonOf(signed(credentials, by))).toBe('KEY_REVOKED');
  });

  it('leaves nothing in the database that can sign', async () => {
    const { credentials, privateKey } = await register(P256);
    const { database } = service.running.service.stores;
    const [row] = await database.query<Record<string, unknown>>(
      sql`select * from keys where id = ${credentials.id}`,
    );
    expect(row).toMatchObject({ signing_sealed: '', public_key: { algorithm: 'ecdsa-p256-sha256' } });
    expect(JSON.stringify(row)).not.toContain(privateKey.export({ format: 'jwk' }).d);
  });

  it('is shown to a verifying service with its algorithm', async () => {
    const { credentials, privateKey } = await register(ED25519);
    const asking = await verifyingKey(service, ada);
    const draft = signStandard(credentials, '/orders', {
      authority: 'orders.example.com',
      scheme: 'https',
      sign: ED25519.sign(privateKey),
    });
    expect((await verdictOn(service, asking, draft)).verdict).toMatchObject({
      valid: true,
      signature: { form: 'rfc9421', algorithm: 'ed25519' },
    });
  });

  it('survives a restart', async () => {
    const { credentials, privateKey } = await register(ED25519);
    service = await restart(service);
    const draft = signed(
      credentials,
      ED25519.sign(createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }))),
    );
    expect(await reasonOf(draft)).toBe(200);
    expect(
      (await query(service, ada, 'keys.get', { id: credentials.id })).json.result.data.signature.algorithm,
    ).toBe('ed25519');
  });
});

describe('new master keys', () => {
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];

  it('move a key without a secret to the newest version, when it is used and all at once', async () => {
    const shared = service;
    const env = { KEYSEAL_MASTER_KEYS: `1:${first}`, KEYSEAL_ADDRESS_FAILURES: '10000' };
    service = await startTestService({ env });
    try {
      const person = await signUp(service);
      const made = await Promise.all([register(ED25519, {}, person), register(ED25519, {}, person)]);
      service = await restart(service, { KEYSEAL_MASTER_KEYS: `2:${second},1:${first}` });
      const [used, idle] = made;
      const by = ED25519.sign(used?.privateKey as KeyObject);
      expect(await reasonOf(signed(used?.credentials as Credentials, by))).toBe(200);
      const { database, vault } = service.running.service.stores;
      const versions = () =>
        database.query<{ id: string; version: number; text: string }>(
          sql`select id, signing_version as version, signing_sealed as text from keys where public_key is not null`,
        );
      const versionOf = async (id = '') => (await versions()).find((row) => row.id === id)?.version;
      await expect.poll(() => versionOf(used?.credentials.id)).toBe(2);
      const results = await rewrapAll(database, vault, () => {});
      expect(results.flatMap(({ damaged }) => damaged)).toEqual([]);
      expect(await versionOf(idle?.credentials.id)).toBe(2);
      expect((await versions()).map(({ text }) => text)).toEqual(['', '']);
      const still = ED25519.sign(idle?.privateKey as KeyObject);
      expect(await reasonOf(signed(idle?.credentials as Credentials, still))).toBe(200);
    } finally {
      await service.stop();
      service = shared;
    }
  });
});

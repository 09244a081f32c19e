import { createPublicKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { subscribe } from '../harness/events.ts';
import { b64, hs256 } from '../harness/forge.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, type Credentials, newNonce, send, sign } from '../harness/wire.ts';

let issuer: HostileIssuer;
let other: HostileIssuer;
let service: TestService;
let ada: Person;
let key: Credentials;
/** The clock of the service: it stops once a test has moved it. */
let frozen: number | null = null;
const clock = () => frozen ?? Date.now();
const pass = (ms: number) => {
  frozen = clock() + ms;
};

beforeAll(async () => {
  issuer = await startHostileIssuer(clock);
  other = await startHostileIssuer(clock);
  const issuers = [
    { name: 'first', issuer: issuer.issuer, audience: 'keyseal', clientId: 'console', userToken: true },
    { name: 'other', issuer: other.issuer, audience: ['other-api', 'keyseal'], userToken: true },
  ];
  service = await startTestService({ clock, env: { KEYSEAL_ISSUERS: JSON.stringify(issuers) } });
  ada = await signUp(service);
  key = await createKey(service, ada, { permissions: ['profile:read', 'exemple:read'] });
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
  await other.stop();
});
beforeEach(() => {
  issuer.misbehave(null);
  issuer.claimToBe(issuer.issuer);
});

function show(token: string, target = '/api/whoami'): Promise<Answer> {
  const t = Math.floor(clock() / 1000);
  return send(service.port, sign(key, target, { authority: service.authority, token, t }));
}
const reasonOf = async (token: string) => (await show(token)).reason ?? 'admitted';
/** Lets the pause between two readings of the keys pass. */
const passPause = () => {
  pass(6_000);
};

describe('a token of a trusted issuer alongside a key', () => {
  it('names a person without an account', async () => {
    const { json } = await show(issuer.token());
    expect(json.result.data).toMatchObject({
      kind: 'key',
      user: null,
      externalUser: { issuer: issuer.issuer, subject: 'ada' },
      session: null,
    });
  });

  it('of several issuers, each with its own keys', async () => {
    expect(await reasonOf(other.token({ aud: 'other-api' }))).toBe('admitted');
    expect(await reasonOf(issuer.token({ aud: ['somebody', 'keyseal'] }))).toBe('admitted');
  });

  it("alongside Keyseal's own tokens", async () => {
    const { json } = await show(ada.token);
    expect(json.result.data).toMatchObject({ user: { id: ada.userId }, externalUser: null });
  });

  it('is sent by the client, which asks for another if it has expired', async () => {
    const now = Math.floor(clock() / 1000);
    const old = issuer.token({ iat: now - 60, exp: now - 5 });
    const tokens = [old, issuer.token(), issuer.token(), issuer.token({ aud: 'other' })];
    const client = createKeysealClient({
      url: service.url,
      apiKey: key.apiKey ?? '',
      signingSecret: key.signingSecret,
      userToken: () => tokens.shift() ?? '',
    });
    expect((await client.whoami.query()).externalUser?.subject).toBe('ada');
    await expect(client.whoami.query()).rejects.toMatchObject({ reason: 'TOKEN_INVALID' });
    await expect(client.whoami.query()).rejects.toThrow('userToken() returned no token');
  });

  it('has no profile', async () => {
    expect((await show(issuer.token(), '/api/profile')).reason).toBe('ACCESS_DENIED');
  });

  it('is not accepted as a bearer', async () => {
    const token = issuer.token();
    const draft = sign(ada, '/api/whoami', { authority: service.authority, token });
    expect((await send(service.port, draft)).reason).toBe('TOKEN_INVALID');
  });

  it('is signed with the request', async () => {
    const t = Math.floor(clock() / 1000);
    const options = { authority: service.authority, token: issuer.token(), t };
    const signed = sign(key, '/api/whoami', options);
    const headers = signed.headers.map(([name, value]): [string, string] =>
      name === 'x-user-token' ? [name, issuer.token({ sub: 'eve' })] : [name, value],
    );
    expect((await send(service.port, { ...signed, headers })).reason).toBe('SIGNATURE_INVALID');
  });

  it('is admitted once with its request', async () => {
    const t = Math.floor(clock() / 1000);
    const options = { authority: service.authority, token: issuer.token(), t, nonce: newNonce() };
    const draft = sign(key, '/api/whoami', options);
    expect((await send(service.port, draft)).status).toBe(200);
    expect((await send(service.port, draft)).reason).toBe('SIGNATURE_REPLAYED');
  });
});

it('a stream for a person without an account ends with their token', async () => {
  const token = issuer.token({ exp: Math.floor(clock() / 1000) + 60 });
  const listener = await createKey(service, ada, { permissions: ['clock:read'] });
  const stream = await subscribe(service, { ...listener, token }, 'clock', { everyMs: 50 });
  await stream.count(2);
  pass(61_000);
  await stream.over;
  expect(await reasonOf(token)).toBe('TOKEN_EXPIRED');
});

it('reads of the keys are counted', async () => {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  expect(text).toMatch(/keyseal_issuer_key_reads_total\{issuer="first",result="read"\} [1-9]/);
});

/** A token signed with the right key, with these claims added to its JSON. */
function rawToken(members: string, claimsBefore: object = {}): string {
  const [head = '', body = ''] = issuer.token(claimsBefore).split('.');
  const claims = String(Buffer.from(body, 'base64url')).replace(/\}$/, `,${members}}`);
  return signed(`${head}.${b64(claims)}`);
}

/** A token whose payload is a token (RFC 7519 §5.2). */
const nested = (token: string): string =>
  signed(`${b64(JSON.stringify({ alg: 'RS256', kid: 'first', typ: 'JWT', cty: 'JWT' }))}.${b64(token)}`);

function signed(input: string): string {
  const key = issuer.published.get('first');
  return `${input}.${key ? b64(signBytes('sha256', Buffer.from(input), key)) : ''}`;
}

describe('TOKEN_INVALID', () => {
  const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;

  it.each<[string, () => string]>([
    ['for another audience', () => issuer.token({ aud: 'other-api' })],
    ['for no audience', () => issuer.token({ aud: [] })],
    ['without aud', () => issuer.token({ aud: undefined })],
    ['issued to another client', () => issuer.token({ azp: 'somebody' })],
    ['of another issuer with the same kid', () => issuer.token({ iss: other.issuer })],
    ['of an unknown issuer', () => issuer.token({ iss: 'https://evil.example' })],
    ['whose issuer has a slash more', () => issuer.token({ iss: `${issuer.issuer}/` })],
    ['whose issuer is a list', () => issuer.token({ iss: [issuer.issuer] })],
    ['of the prototype', () => issuer.token({ iss: '__proto__' })],
    ['without sub', () => issuer.token({ sub: undefined })],
    ['with an empty sub', () => issuer.token({ sub: '' })],
    ['without exp', () => issuer.token({ exp: undefined })],
    ['whose exp is a text', () => issuer.token({ exp: '9999999999' })],
    ['that is not valid yet', () => issuer.token({ nbf: Math.floor(clock() / 1000) + 3600 })],
    ['issued in the future', () => issuer.token({ iat: Math.floor(clock() / 1000) + 3600 })],
    [
      'that is valid for longer than a week',
      () => issuer.token({ exp: Math.floor(clock() / 1000) + 8 * 86_400 }),
    ],
    [
      'that expires before it was issued',
      () => issuer.token({ iat: Math.floor(clock() / 1000) + 50, exp: Math.floor(clock() / 1000) + 40 }),
    ],
    ['whose exp is a fraction', () => issuer.token({ exp: Math.floor(clock() / 1000) + 60.5 })],
    ['whose sub has a control character', () => issuer.token({ sub: 'ada\u0000' })],
    ['whose sub turns text around', () => issuer.token({ sub: 'ada\u202e' })],
    ['that is bound to a key of its client', () => issuer.token({ cnf: { jkt: 'x' } })],
    [
      'that is a logout token without a type of its own',
      () =>
        issuer.token(
          { jti: '1', events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
          { typ: 'JWT' },
        ),
    ],
    ['signed by another key', () => issuer.token({}, {}, otherKey)],
    ['with an unknown kid', () => issuer.token({}, { kid: 'nobody' }, otherKey)],
    ['with alg none', () => `${b64('{"alg":"none"}')}.${issuer.token().split('.')[1]}.`],
    ['that names a place for its key', () => issuer.token({}, { jku: `${issuer.issuer}/keys` })],
    ['that names a certificate', () => issuer.token({}, { x5u: issuer.issuer })],
    ['that brings its key', () => issuer.token({}, { jwk: {} }, otherKey)],
    ['of another type', () => issuer.token({}, { typ: 'logout+jwt' })],
    ['with an alg that the key does not have', () => issuer.token({}, { alg: 'PS256' })],
    ['with an unknown alg', () => issuer.token({}, { alg: 'RS1' })],
    ['whose alg is a list', () => issuer.token({}, { alg: ['RS256'] })],
    ['whose alg has no text', () => issuer.token({}, { alg: { toString: 1 } })],
    ['whose type has no text', () => issuer.token({}, { typ: { toString: 1 } })],
    [
      'whose kid has no text',
      () => issuer.token({}, { kid: { toString: 1 } }, issuer.published.get('first')),
    ],
    ['with a critical extension', () => issuer.token({}, { crit: ['exp'] })],
    ['with an unencoded payload', () => issuer.token({}, { b64: false, crit: ['b64'] })],
    ['that is compressed', () => issuer.token({}, { zip: 'DEF' })],
    ['whose kid is a path', () => issuer.token({}, { kid: '../../first' }, otherKey)],
    ['whose kid is null', () => issuer.token({}, { kid: null }, issuer.published.get('first'))],
    ['whose kid is a list', () => issuer.token({}, { kid: ['first'] }, issuer.published.get('first'))],
    ['whose type is null', () => issuer.token({}, { typ: null })],
    ['whose type is a JWE’s', () => issuer.token({}, { typ: 'JWE' })],
    ['that is encrypted', () => `${issuer.token().split('.')[0]}.a.b.c.d`],
    ['within a token', () => nested(issuer.token())],
    ['whose exp has no end', () => rawToken('"exp":1e999', { exp: undefined })],
    ['whose exp is negative', () => issuer.token({ exp: -1 })],
    ['whose exp is larger than any time', () => issuer.token({ exp: Number.MAX_SAFE_INTEGER })],
    ['that names its person twice', () => rawToken('"sub":"eve"')],
    ['that names its audience twice', () => rawToken('"\\u0061ud":"other-api"')],
    ['whose sub is longer than 255 characters', () => issuer.token({ sub: 'x'.repeat(256) })],
    ['whose sub is not ASCII', () => issuer.token({ sub: 'ad\u00e0' })],
    ['whose sub is a number', () => issuer.token({ sub: 7 })],
    [
      'signed by a short RSA key that it publishes',
      () => {
        issuer.published.set('weak', weak);
        passPause();
        const token = issuer.token({}, { kid: 'weak' });
        issuer.published.delete('weak');
        return token;
      },
    ],
  ])('%s', async (_, token) => {
    expect(await reasonOf(token())).toBe('TOKEN_INVALID');
  });

  it('HS256 with the public key as the secret', async () => {
    const half = createPublicKey(issuer.published.get('first') ?? otherKey);
    const [head = '', body = ''] = issuer.token().split('.');
    const [header, claims] = [head, body].map((part) => JSON.parse(String(Buffer.from(part, 'base64url'))));
    for (const secret of [
      half.export({ format: 'pem', type: 'spki' }).toString(),
      JSON.stringify(half.export({ format: 'jwk' })),
      half.export({ format: 'der', type: 'spki' }),
    ])
      expect(await reasonOf(hs256({ header, claims }, secret))).toBe('TOKEN_INVALID');
  });
});

it.each<[string, () => string, string]>([
  [
    'for another audience',
    () => issuer.token({ aud: ['account', 'web\u001b[2J'] }),
    'a token of first: its aud is ["account","web\\u001b[2J"]; KEYSEAL_ISSUERS allows keyseal',
  ],
  [
    'of another client',
    () => issuer.token({ azp: 'web\u001b[2J' }),
    'a token of first: its azp or client_id is web?[2J; KEYSEAL_ISSUERS allows console',
  ],
  [
    'without sub',
    () => issuer.token({ sub: undefined }),
    'a token of first: its claim sub is missing or not valid',
  ],
  [
    'of another type',
    () => issuer.token({}, { typ: 'logout+jwt' }),
    'a token of first: its typ is logout+jwt',
  ],
  ['with HS256', () => issuer.token({}, { alg: 'HS256' }), 'a token of first: its alg is HS256'],
  [
    'of an unknown key',
    () => issuer.token({}, { kid: 'nobody' }),
    'a token of first: no published key has its kid and alg',
  ],
  [
    'that lives for too long',
    () => issuer.token({ exp: Math.floor(clock() / 1000) + 8 * 86_400 }),
    'a token of first: it is valid for too long, or expires before it was issued',
  ],
  [
    'of an unknown issuer',
    () => issuer.token({ iss: `${issuer.issuer}/` }),
    'not a valid Keyseal token, and its iss is not an issuer with userToken: true',
  ],
])('the log says at the level debug what is wrong with a token %s', async (_, token, why) => {
  passPause();
  const text = token();
  expect((await show(text)).reason).toBe('TOKEN_INVALID');
  const refused = service.log.filter((line) => line.includes('call refused')).at(-1) ?? '';
  expect(JSON.parse(refused)).toMatchObject({ level: 20, reason: 'TOKEN_INVALID', why });
  expect(refused).not.toContain(text.split('.')[1]);
});

it('TOKEN_EXPIRED after exp, on a cached token too', async () => {
  const token = issuer.token({ exp: Math.floor(clock() / 1000) + 30 });
  expect(await reasonOf(token)).toBe('admitted');
  pass(31_000);
  expect(await reasonOf(token)).toBe('TOKEN_EXPIRED');
});

describe('the keys of an issuer', () => {
  it('are read again for an unknown kid, and not for each call', async () => {
    passPause();
    issuer.published.set('second', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    const before = issuer.requests();
    const tokens = Array.from({ length: 20 }, (_, i) => issuer.token({ sub: `person-${i}` }));
    expect(new Set(await Promise.all(tokens.map(reasonOf)))).toEqual(new Set(['admitted']));
    expect(issuer.requests() - before).toBe(1);
    // Made-up kids do not make the service read them again and again.
    const made = Array.from({ length: 20 }, (_, i) => issuer.token({}, { kid: `made-${i}` }));
    expect(new Set(await Promise.all(made.map(reasonOf)))).toEqual(new Set(['TOKEN_INVALID']));
    expect(issuer.requests() - before).toBe(1);
  });

  it('end the tokens that they verified when the issuer withdraws them', async () => {
    const token = issuer.token({ exp: Math.floor(clock() / 1000) + 7200 }, { kid: 'first' });
    expect(await reasonOf(token)).toBe('admitted');
    const first = issuer.published.get('first');
    issuer.published.delete('first');
    pass(601_000);
    // Reads in the background; the call after that sees the new keys.
    const before = issuer.requests();
    await show(token);
    await expect.poll(() => issuer.requests()).toBe(before + 1);
    await expect.poll(() => reasonOf(token)).toBe('TOKEN_INVALID');
    if (first) issuer.published.set('first', first);
    passPause();
    expect(await reasonOf(token)).toBe('admitted');
  });

  it.each<[string, Parameters<HostileIssuer['misbehave']>[0]]>([
    ['answers 500', (response) => response.writeHead(500).end('{}')],
    ['answers nothing', (response) => void response.socket?.destroy()],
    ['answers something else', (response) => void response.end('<html>')],
    ['answers a set without end', (response) => void response.end(`{"keys":["${'x'.repeat(300_000)}"]}`)],
    ['sends elsewhere', (response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
  ])('fail closed for unknown keys alone if the issuer %s', async (_, how) => {
    const known = issuer.token({ exp: Math.floor(clock() / 1000) + 7200 });
    expect(await reasonOf(known)).toBe('admitted');
    passPause();
    issuer.misbehave(how);
    const unknown = await show(issuer.token({}, { kid: 'nobody' }));
    expect([unknown.status, unknown.reason]).toEqual([503, 'UNAVAILABLE']);
    expect(await reasonOf(known)).toBe('admitted');
    pass(601_000);
    expect(await reasonOf(known)).toBe('admitted');
    expect(await reasonOf(issuer.token({ sub: 'bob' }))).toBe('admitted');
    issuer.misbehave(null);
    passPause();
    expect(await reasonOf(issuer.token({}, { kid: 'nobody' }))).toBe('TOKEN_INVALID');
  });

  it('do not delay calls whose key is known', async () => {
    const waiting: (() => void)[] = [];
    pass(601_000);
    issuer.misbehave((response) => void waiting.push(() => response.end('{"keys":[]}')));
    expect(await reasonOf(issuer.token())).toBe('admitted');
    await expect.poll(() => waiting.length).toBe(1);
    expect(await reasonOf(issuer.token({ sub: 'bob' }))).toBe('admitted');
    for (const answer of waiting) answer();
    issuer.misbehave(null);
  });

  it('are read again after a clock that was ahead is put right', async () => {
    issuer.misbehave(null);
    pass(3 * 86_400_000);
    expect(await reasonOf(issuer.token())).toBe('admitted');
    pass(-3 * 86_400_000);
    const before = issuer.requests();
    expect(await reasonOf(issuer.token())).toBe('admitted');
    await expect.poll(() => issuer.requests()).toBe(before + 1);
  });

  it('are not those of metadata that name another issuer', async () => {
    issuer.claimToBe('https://evil.example');
    pass(25 * 3_600_000);
    expect(await reasonOf(issuer.token({ exp: Math.floor(clock() / 1000) + 60 }))).toBe('UNAVAILABLE');
    expect(service.log.join('\n')).toContain('describes the issuer https://evil.example');
  });
});

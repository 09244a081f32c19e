import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteEnded } from '../../server/app/retention.ts';
import { deleteOldExchangedTokens } from '../../server/keys/exchange/claim-token.ts';
import { recordsOf, workspaceOf } from '../harness/audit-chain.ts';
import { fillLookups } from '../harness/fill-lookups.ts';
import { b64, hs256 } from '../harness/forge.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, newNonce, queryTarget, send, sign } from '../harness/wire.ts';
import { createRule, exchange, FOR_KEYS, jobToken, keyOfExchange } from '../harness/workloads.ts';

let issuer: HostileIssuer;
/** Its tokens name people: it is trusted for user tokens and for signing in. */
let people: HostileIssuer;
let service: TestService;
let ada: Person;
let key: Credentials;
let rule: string;
let workspace: string;
/** The clock of the service and of the issuers: it stops once a test has moved it, and never goes back. */
let frozen: number | null = null;
const clock = () => frozen ?? Date.now();
const pass = (ms: number) => {
  frozen = clock() + ms;
};
const seconds = () => Math.floor(clock() / 1000);

beforeAll(async () => {
  [issuer, people] = [await startHostileIssuer(clock), await startHostileIssuer(clock)];
  const issuers = [
    { name: 'company', issuer: issuer.issuer, workload: true, userToken: true, audience: 'api' },
    { name: 'people', issuer: people.issuer, userToken: true, audience: FOR_KEYS },
  ];
  const env = { KEYSEAL_ISSUERS: JSON.stringify(issuers), KEYSEAL_ADDRESS_FAILURES: '1000000' };
  service = await startTestService({ clock, env });
  ada = await signUp(service);
  rule = await createRule(service, ada, { lifetimeSeconds: 3600 });
  key = await createKey(service, ada, { permissions: ['exemple:read'] });
  workspace = await workspaceOf(service, key);
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
  await people.stop();
});

const stores = () => service.running.service.stores;
const reasonOf = async (token: string, more?: object) =>
  (await exchange(service, token, more)).reason ?? 'exchanged';
async function use(credentials: Credentials): Promise<string> {
  const target = queryTarget('exemple', undefined);
  const draft = sign(credentials, target, { authority: service.authority, t: seconds() });
  return (await send(service.port, draft)).reason ?? 'admitted';
}

describe('EXCHANGE_DENIED, and not a word more', () => {
  const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const forged = (claims: object, header: object = {}) =>
    issuer.token({ aud: FOR_KEYS, sub: 'repo:acme/shop:ref:refs/heads/main', ...claims }, header, otherKey);

  it.each<[string, () => string]>([
    ['for another audience', () => jobToken(issuer, { aud: 'https://other.example.com' })],
    ['for the audience of people', () => jobToken(issuer, { aud: 'api' })],
    ['for the audience of a rule and another', () => jobToken(issuer, { aud: [FOR_KEYS, 'other'] })],
    ['for no audience', () => jobToken(issuer, { aud: [] })],
    ['without aud', () => jobToken(issuer, { aud: undefined })],
    ['for an audience with a slash more', () => jobToken(issuer, { aud: `${FOR_KEYS}/` })],
    ['of another subject', () => jobToken(issuer, { sub: 'repo:acme-evil/shop:ref:refs/heads/main' })],
    ['of a pull request', () => jobToken(issuer, { sub: 'repo:acme/shop:pull_request' })],
    ['whose subject goes on', () => jobToken(issuer, { sub: 'repo:acme/shop:ref:refs/heads/main/x' })],
    [
      'whose subject ends with a line end',
      () => jobToken(issuer, { sub: 'repo:acme/shop:ref:refs/heads/x\n' }),
    ],
    [
      'whose subject has a look-alike',
      () => jobToken(issuer, { sub: 'repo:\u0430cme/shop:ref:refs/heads/x' }),
    ],
    ['whose subject has an empty segment', () => jobToken(issuer, { sub: 'repo:acme/shop:ref:refs/heads/' })],
    ['whose subject is a list', () => jobToken(issuer, { sub: ['repo:acme/shop:ref:refs/heads/x'] })],
    ['without sub', () => jobToken(issuer, { sub: undefined })],
    ['without exp', () => jobToken(issuer, { exp: undefined })],
    ['without iat', () => jobToken(issuer, { iat: undefined })],
    ['that has expired', () => jobToken(issuer, { iat: seconds() - 600, exp: seconds() - 1 })],
    ['issued in the future', () => jobToken(issuer, { iat: seconds() + 3600, exp: seconds() + 3700 })],
    ['that is not valid yet', () => jobToken(issuer, { nbf: seconds() + 3600 })],
    ['that is valid for two days', () => jobToken(issuer, { exp: seconds() + 2 * 86_400 })],
    [
      'that expires before it was issued',
      () => jobToken(issuer, { iat: seconds() + 50, exp: seconds() + 40 }),
    ],
    ['whose jti is empty', () => jobToken(issuer, { jti: '' })],
    ['whose jti is a number', () => jobToken(issuer, { jti: 7 })],
    [
      'that is a logout token',
      () => jobToken(issuer, { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
    ],
    ['that is bound to a key of its client', () => jobToken(issuer, { cnf: { jkt: 'x' } })],
    ['of an unknown issuer', () => jobToken(issuer, { iss: 'https://evil.example' })],
    ['of another issuer with the same kid', () => jobToken(issuer, { iss: people.issuer })],
    ['of an issuer that is not for workloads', () => jobToken(people)],
    ['signed by that issuer in the name of this one', () => jobToken(people, { iss: issuer.issuer })],
    ['signed by another key', () => forged({})],
    ['with an unknown kid', () => forged({}, { kid: 'nobody' })],
    ['with alg none', () => `${b64('{"alg":"none"}')}.${jobToken(issuer).split('.')[1]}.`],
    ['that names a place for its key', () => jobToken(issuer, {}, { jku: `${issuer.issuer}/keys` })],
    ['that names a certificate', () => jobToken(issuer, {}, { x5u: issuer.issuer })],
    ['that brings its key', () => forged({}, { jwk: createPublicKey(otherKey).export({ format: 'jwk' }) })],
    ['with a critical extension', () => jobToken(issuer, {}, { crit: ['x'], x: 1 })],
    ['of another type', () => jobToken(issuer, {}, { typ: 'logout+jwt' })],
    ['whose alg has no text', () => jobToken(issuer, {}, { alg: { toString: 1 } })],
    ['for an audience that no rule can have', () => jobToken(issuer, { aud: 'a\u0000b' })],
    ['for an audience of half a character', () => jobToken(issuer, { aud: ['\ud800'] })],
    ['that is no JWT', () => 'a.b.c'],
  ])('for a token %s', async (_, make) => {
    pass(1_500);
    const { status, reason, json } = await exchange(service, make());
    expect([status, reason]).toEqual([403, 'EXCHANGE_DENIED']);
    const { message, data } = json.error;
    expect(message).toBe('No exchange rule accepts the token of the workload.');
    expect(Object.keys(data).sort()).toEqual(['code', 'docs', 'httpStatus', 'path', 'reason', 'requestId']);
  });

  it('for HS256 with the public key as the secret', async () => {
    const half = createPublicKey(issuer.published.get('first') ?? otherKey);
    const [head = '', body = ''] = jobToken(issuer).split('.');
    const [header, claims] = [head, body].map((part) => JSON.parse(String(Buffer.from(part, 'base64url'))));
    for (const secret of [
      half.export({ format: 'pem', type: 'spki' }).toString(),
      JSON.stringify(half.export({ format: 'jwk' })),
      half.export({ format: 'der', type: 'spki' }),
    ])
      expect(await reasonOf(hs256({ header, claims }, secret))).toBe('EXCHANGE_DENIED');
  });

  it('for a rule that is not there, as for one of which the token fits nothing', async () => {
    expect(await reasonOf(jobToken(issuer), { rule: 'exr_zzzzzzzzzzzz' })).toBe('EXCHANGE_DENIED');
    expect(await reasonOf(jobToken(issuer, { sub: 'x' }), { rule })).toBe('EXCHANGE_DENIED');
    expect(await reasonOf(jobToken(issuer), { rule })).toBe('exchanged');
  });
});

it.each([
  [9_000, 'INPUT_INVALID'],
  [80_000, 'BODY_TOO_LARGE'],
] as const)('a token of %d characters is refused before it is read', async (more, reason) => {
  const read = issuer.requests();
  const token = jobToken(issuer, { more: 'x'.repeat(more) }, { kid: 'big' });
  expect(await reasonOf(token)).toBe(reason);
  expect(issuer.requests()).toBe(read);
});

it('a user token of the same issuer stays one, and becomes no key', async () => {
  const token = issuer.token({ aud: 'api' });
  const options = { authority: service.authority, t: seconds(), token };
  expect((await send(service.port, sign(key, queryTarget('exemple', undefined), options))).status).toBe(200);
  expect(await reasonOf(token)).toBe('EXCHANGE_DENIED');
  const job = { ...options, token: jobToken(issuer) };
  expect((await send(service.port, sign(key, queryTarget('exemple', undefined), job))).reason).toBe(
    'TOKEN_INVALID',
  );
});

it('ECDSA: the other form of a signature is no other token', async () => {
  issuer.published.set('curve', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  pass(6_000);
  const token = jobToken(issuer, { jti: undefined, run: newNonce() });
  const [head, body, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const turned = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  expect(await reasonOf(token)).toBe('exchanged');
  expect(await reasonOf([head, body, turned.toString('base64url')].join('.'))).toBe('EXCHANGE_DENIED');
  expect(await reasonOf(jobToken(issuer))).toBe('exchanged');
  issuer.published.delete('curve');
});

it('the audit log counts what a rule refused, and the log of the service says why', async () => {
  pass(60_000);
  for (let n = 0; n < 3; n++) await exchange(service, jobToken(issuer, { sub: 'repo:acme/other' }), { rule });
  const used = jobToken(issuer);
  for (let n = 0; n < 2; n++) await exchange(service, used, { rule });
  await stores().rejectedAttempts.flush(true);
  const records = (await recordsOf(service, workspace)).filter(({ action }) => action === 'exchange.refused');
  const about = (cause: string) =>
    records.filter(({ subject, after }) => subject === rule && after?.['cause'] === cause);
  expect(about('subject').at(-1)?.after).toMatchObject({ reason: 'EXCHANGE_DENIED', count: 3 });
  expect(about('the token was used before').at(-1)?.after).toMatchObject({ count: 1 });
  const lines = service.log.filter((line) => line.includes('exchange refused'));
  expect(lines.join('\n')).toContain('"repo:acme/other\\": subject');
  expect(lines.join('\n')).not.toContain(used);
});

describe('as time passes', () => {
  it('a key ends by itself', async () => {
    const given = keyOfExchange(await exchange(service, jobToken(issuer)));
    expect(await use(given)).toBe('admitted');
    pass(3_599_000);
    expect(await use(given)).toBe('admitted');
    pass(2_000);
    expect(await use(given)).toBe('KEY_EXPIRED');
  });

  it('tokens of keys that the issuer rotated in are accepted, and those of withdrawn ones are not', async () => {
    issuer.published.set('second', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
    pass(6_000);
    expect(await reasonOf(jobToken(issuer))).toBe('exchanged');
    const withdrawn = jobToken(issuer, { exp: seconds() + 7200 });
    issuer.published.delete('second');
    pass(601_000);
    const before = issuer.requests();
    expect(await reasonOf(jobToken(issuer))).toBe('exchanged');
    await expect.poll(() => issuer.requests()).toBeGreaterThan(before);
    await expect.poll(() => stores().issuers.forWorkloads[0]?.keys.version).toBeGreaterThan(1);
    expect(await reasonOf(withdrawn)).toBe('EXCHANGE_DENIED');
  });

  it('an issuer that is down fails closed for unknown keys alone', async () => {
    pass(6_000);
    issuer.misbehave((response) => void response.socket?.destroy());
    const unknown = await exchange(service, jobToken(issuer, {}, { kid: 'nobody' }));
    expect([unknown.status, unknown.reason]).toEqual([503, 'UNAVAILABLE']);
    expect(await reasonOf(jobToken(issuer))).toBe('exchanged');
    issuer.misbehave(null);
    pass(6_000);
    expect(await reasonOf(jobToken(issuer, {}, { kid: 'nobody' }))).toBe('EXCHANGE_DENIED');
  });

  it('S4: an issuer that does not answer delays no token whose key is known, however many others wait for it', async () => {
    pass(6_000);
    const held: ServerResponse[] = [];
    const before = issuer.requests();
    issuer.misbehave((response) => void held.push(response));
    let answered = 0;
    const waiting = Array.from({ length: 24 }, async () => {
      const answer = await exchange(service, jobToken(issuer, {}, { kid: 'nobody' }));
      answered++;
      return answer.status;
    });
    try {
      await expect.poll(() => issuer.requests()).toBeGreaterThan(before);
      for (let n = 0; n < 4; n++) expect(await reasonOf(jobToken(issuer))).toBe('exchanged');
      expect(answered).toBe(0);
    } finally {
      issuer.misbehave(null);
      for (const response of held) response.socket?.destroy();
    }
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => 503));
    pass(6_000);
  });

  it('an exchanged token is remembered until it has expired', async () => {
    const token = jobToken(issuer, { exp: seconds() + 3600, jti: randomUUID() });
    const remembered = async () => {
      await deleteOldExchangedTokens(stores());
      const [row] = await stores().database.query<{ n: number }>(
        sql`select count(*)::int as n from exchanged_tokens`,
      );
      return row?.n;
    };
    expect(await reasonOf(token)).toBe('exchanged');
    expect(await remembered()).toBeGreaterThan(0);
    expect(await reasonOf(token)).toBe('EXCHANGE_DENIED');
    pass(3_600_000 + 601_000);
    expect(await remembered()).toBe(0);
    expect(await reasonOf(token)).toBe('EXCHANGE_DENIED');
  });

  it('keys that expired a day ago are deleted, and no others', async () => {
    const given = keyOfExchange(await exchange(service, jobToken(issuer)));
    const exists = async (id: string) => {
      await deleteEnded(stores());
      return (await stores().database.query(sql`select 1 from keys where id = ${id}`)).length > 0;
    };
    await stores().database.query(
      sql`update keys set expires_at = ${new Date(clock() + 60_000).toISOString()}::timestamptz where id = ${key.id}`,
    );
    pass(24 * 3_600_000);
    expect([await exists(given.id), await exists(key.id)]).toEqual([true, true]);
    pass(2 * 3_600_000);
    expect([await exists(given.id), await exists(key.id)]).toEqual([false, true]);
  });
});

it('an address that keeps failing is told so', async () => {
  const env = { KEYSEAL_ADDRESS_FAILURES: '3', KEYSEAL_ISSUERS: service.env['KEYSEAL_ISSUERS'] ?? '' };
  const strict = await startTestService({ env });
  const reasons = [];
  for (let n = 0; n < 6; n++) reasons.push((await exchange(strict, 'a.b.c')).reason);
  expect(reasons).toEqual([...Array(3).fill('EXCHANGE_DENIED'), ...Array(3).fill('TOO_MANY_FAILURES')]);
  await strict.stop();
});

it('S3: anonymous callers from more networks than may wait for a lookup do not keep a workload out', async () => {
  const letGo = fillLookups(service, 250);
  const answer = await exchange(service, jobToken(issuer));
  expect(await letGo()).toBeGreaterThan(40);
  expect(answer.status, answer.text).toBe(200);
});

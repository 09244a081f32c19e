import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGuard, type RouteRequirements } from '../../client/guard/index.ts';
import { formatKey } from '../../shared/key-format.ts';
import { admissionOf, CALLER, HOST } from '../harness/admitting-guard.ts';
import { FRAMEWORKS, type Guarded } from '../harness/guarded.ts';
import { signStandard } from '../harness/http-signature.ts';
import { type Answer, type Draft, send, sign } from '../harness/wire.ts';

/** Ends what a test started. */
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

let ran = 0;
const errors: unknown[] = [];
beforeEach(() => {
  ran = 0;
  errors.length = 0;
});

/** Something at Keyseal's address that answers this to everything. */
async function stub(text: string): Promise<string> {
  const server: Server = createServer((request, response) => {
    request.resume().on('end', () => response.end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(text: string, asked: RouteRequirements, framework = 'node:http'): Promise<Guarded> {
  const guard = createGuard({
    ...{ url: await stub(text), apiKey: formatKey('ks', 'test', 'g'.repeat(12), 'g'.repeat(32)) },
    ...{ signingSecret: `kss_${'g'.repeat(43)}`, authority: HOST },
    onError: (error) => errors.push(error),
  });
  const guarded = await FRAMEWORKS[framework]?.(guard, asked, () => ran++);
  if (!guarded) throw new Error(`no framework ${framework}`);
  ends.push(() => guarded.stop());
  return guarded;
}

const order = (token?: string): Draft =>
  sign(CALLER, '/orders', { authority: HOST, ...(token === undefined ? {} : { token }) });

/** Calls a guarded service whose Keyseal answers this. */
async function callWith(
  data: unknown,
  { asked = {}, draft = order() }: { asked?: RouteRequirements; draft?: Draft } = {},
): Promise<Answer> {
  const text = typeof data === 'string' ? data : JSON.stringify([{ result: { data } }]);
  return send((await serve(text, asked)).port, draft);
}

const right = admissionOf(CALLER.id);

/** A copy of an answer with one member replaced, by its path; `undefined` leaves it out. */
function changed(path: string, value: unknown, from: object = right): object {
  const copy = structuredClone(from) as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() as string;
  const within = names.reduce((object, name) => object[name] as Record<string, unknown>, copy);
  within[last] = value;
  return copy;
}

const USER = { kind: 'user', key: null, userId: 'usr_1', externalUser: null, workspaceId: 'wsp_1' };
const session = { id: `ses_${'a'.repeat(12)}`, apiKey: null, signingSecret: CALLER.signingSecret };
const bySession = (): Draft => sign(session, '/orders', { authority: HOST, token: 'a.b.c' });

/** Every member of an admission, and values of wrong types. */
const MEMBERS = [
  ...['valid', 'caller', 'signature', 'permissions', 'limits', 'credits', 'requestId'],
  ...['caller.kind', 'caller.key', 'caller.userId', 'caller.externalUser', 'caller.workspaceId'],
  ...['id', 'name', 'environment', 'externalId', 'metadata'].map((name) => `caller.key.${name}`),
  ...['signature.form', 'signature.algorithm'],
];
const WRONG = [undefined, 0, 1e308, -1, true, [], [[]], {}, '', [right], { valid: true }];
/** Values that are right in their place. */
const RIGHT: Readonly<Record<string, readonly unknown[]>> = {
  valid: [true],
  permissions: [[]],
  limits: [[]],
  'caller.key.name': [''],
  'caller.key.externalId': [''],
  'caller.key.metadata': [{}, { valid: true }],
};
const isRight = (path: string, value: unknown) =>
  (RIGHT[path] ?? []).some((one) => JSON.stringify(one) === JSON.stringify(value));

describe('A10: a guard refuses what is not exactly an admission', () => {
  it('and admits one, also with members of a newer Keyseal', async () => {
    expect((await callWith(right)).status).toBe(200);
    const newer = changed('caller.region', 'eu', changed('more', { nested: [1] }));
    const limits = [
      { name: 'owner.minute', limit: 9, windowSeconds: 60, remaining: 0, resetAt: '2026-01-01' },
    ];
    expect((await callWith({ ...newer, limits, credits: { remaining: 0 } })).status).toBe(200);
    const person = { ...right, caller: USER };
    expect((await callWith(person, { draft: bySession() })).status).toBe(200);
    const forPerson = changed('caller.userId', 'usr_1');
    expect((await callWith(forPerson, { asked: { user: true }, draft: order('a.b.c') })).status).toBe(200);
    expect([ran, errors]).toEqual([4, []]);
  });

  it.each(MEMBERS)('if %s is missing, null or of another type', async (path) => {
    const admitsNull = ['credits', 'caller.userId', 'caller.externalUser', 'caller.key.externalId'];
    const values = WRONG.filter((value) => !isRight(path, value));
    for (const value of admitsNull.includes(path) ? values : [...values, null])
      expect([value, (await callWith(changed(path, value))).status]).toEqual([value, 503]);
    expect(ran).toBe(0);
    expect(errors.length).toBeGreaterThanOrEqual(values.length);
  });

  it.each<[string, unknown]>([
    ['valid alone', { valid: true }],
    ['the text true', { ...right, valid: 'true' }],
    ['an admission within an admission', { valid: true, caller: right }],
    ['a list of admissions', [right]],
    ['null', null],
    ['an answer to a dry run', { ...right, dryRun: 'admitted' }],
    ['an answer to a dry run alone', { ...right, valid: undefined, dryRun: 'admitted' }],
    ['neither', { ...right, valid: null }],
    ['a refusal that also admits', { ...right, valid: false }],
    ['members in the prototype', `[{"result":{"data":{"__proto__":${JSON.stringify(right)}}}}]`],
    [
      'a caller in the prototype',
      `[{"result":{"data":{"valid":true,"__proto__":${JSON.stringify(right)}}}}]`,
    ],
    ['no list', `{"result":{"data":{"valid":true}}}`],
    ['text after the answer', `[{"result":{"data":${JSON.stringify(right)}}}] admitted`],
    ['deep nesting', `[{"result":{"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}}]`],
    ['an empty list', '[]'],
    ['an error that admits', `[{"error":${JSON.stringify(right)}}]`],
    ['a limit without a number', { ...right, limits: [{ name: 'a', limit: null }] }],
    ['a limit whose name breaks a header', { ...right, limits: [limit({ name: 'a\r\nset-cookie: b' })] }],
    ['a limit with a huge number', { ...right, limits: [limit({ remaining: 1e308 })] }],
    ['a limit that ends at no time', { ...right, limits: [limit({ resetAt: 'never' })] }],
    ['permissions of another type', { ...right, permissions: ['orders:write', 7] }],
    ['permissions as a text', { ...right, permissions: 'orders:write' }],
    ['credits that are a fraction', { ...right, credits: { remaining: 0.5 } }],
  ])('of %s', async (_what, data) => {
    expect((await callWith(data)).status).toBe(503);
    expect([ran, errors.length]).toEqual([0, 1]);
  });

  it.each(Object.keys(FRAMEWORKS))('behind %s', async (framework) => {
    const guarded = await serve('[{"result":{"data":{"valid":true}}}]', {}, framework);
    const { status, reason } = await send(guarded.port, order());
    expect([status, reason, ran, errors.length]).toEqual([503, 'UNAVAILABLE', 0, 1]);
  });
});

const limit = (more: object) => ({
  ...{ name: 'minute', limit: 9, windowSeconds: 60, remaining: 0, resetAt: '2026-01-01T00:00:00.000Z' },
  ...more,
});

describe('A10: a guard refuses an admission of another caller than that of the request', () => {
  it.each<[string, object, { asked?: RouteRequirements; draft?: () => Draft }]>([
    ['another key', admissionOf('d'.repeat(12)), {}],
    ['a key of the other environment', changed('caller.key.environment', 'live'), {}],
    ['a person, for a key', { ...right, caller: USER }, {}],
    ['a person besides the key, without a token', changed('caller.userId', 'usr_1'), {}],
    [
      'an external person, without a token',
      changed('caller.externalUser', { issuer: 'https://id.example', subject: '1', claims: {} }),
      {},
    ],
    ['a key, for a session', right, { draft: bySession }],
    ['a session without a person', { ...right, caller: { ...USER, userId: null } }, { draft: bySession }],
    ['a key and a person', changed('caller.kind', 'user', changed('caller.userId', 'usr_1')), {}],
    ['a signature of the other form', changed('signature.form', 'rfc9421'), {}],
    [
      'a signature of the other form, for one of RFC 9421',
      right,
      { draft: () => signStandard(CALLER, '/orders', { authority: HOST, scheme: 'https' }) },
    ],
    ['a caller without the permission', right, { asked: { permission: 'orders:read' } }],
    [
      'a caller with a wildcard',
      changed('permissions', ['orders:*']),
      { asked: { permission: 'orders:write' } },
    ],
    ['no person, if one is required', right, { asked: { user: true }, draft: () => order('a.b.c') }],
  ])('%s', async (_what, data, { asked = {}, draft = order }) => {
    expect((await callWith(data, { asked, draft: draft() })).status).toBe(503);
    expect([ran, errors.length]).toEqual([0, 1]);
  });
});

const REFUSAL = {
  valid: false,
  ...{ reason: 'RATE_LIMITED', httpStatus: 429, message: 'No.', docs: 'https://a.example', limits: [] },
  requestId: 'request-1',
};

describe('A1: a refusal that cannot be written as a response ends no process', () => {
  it('and one that can is passed on', async () => {
    expect((await callWith({ ...REFUSAL, limits: [limit({})] })).reason).toBe('RATE_LIMITED');
    expect(errors).toEqual([]);
  });

  it.each<[string, object]>([
    ['a name of a limit that breaks a header', { limits: [limit({ name: 'a\r\nset-cookie: b=c' })] }],
    ['a name of a limit that is no Latin-1', { limits: [limit({ name: '€' })] }],
    ['a number of a limit that is an object', { limits: [limit({ remaining: {} })] }],
    ['a number of a limit that is a text', { limits: [limit({ limit: '9\r\nx: y' })] }],
    ['a limit that ends at no time', { limits: [limit({ resetAt: 'never' })] }],
    ['limits that are none', { limits: { length: 1 } }],
    ['no limits', { limits: undefined }],
    ['a status that is a success', { httpStatus: 200 }],
    ['a status that is a list', { httpStatus: [403] }],
    ['a reason in a list', { reason: ['RATE_LIMITED'] }],
    ['a request id in a list', { requestId: ['a'] }],
    ['a request id that breaks a header', { requestId: 'a\r\nb' }],
    ['a huge time to retry', { retryAfter: Number.MAX_VALUE }],
    ['a time to retry that is a text', { retryAfter: '1\r\nx: y' }],
  ])('%s', async (_what, more) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      const { status, headers } = await callWith({ ...REFUSAL, ...more });
      expect([status, ran, headers['set-cookie']]).toEqual([503, 0, undefined]);
    } finally {
      process.off('unhandledRejection', note);
    }
    expect([unhandled, errors.length]).toEqual([[], 1]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Differential, startDifferential, type UnsignedCall } from '../harness/differential.ts';
import { createKey, type Person } from '../harness/people.ts';
import type { Credentials } from '../harness/wire.ts';

let differential: Differential;
let keys: readonly [UnsignedCall['as'], UnsignedCall['as']];
let people: readonly [Person, Person];

const optionsOf = ({ apiKey, signingSecret }: Credentials) => ({
  url: '',
  apiKey: apiKey ?? '',
  signingSecret,
});

beforeAll(async () => {
  differential = await startDifferential();
  keys = await differential.prepare(({ key }) => optionsOf(key));
  people = await differential.prepare(({ ada }) => ada);
});
afterAll(() => differential.service.stop());

type Request = Omit<UnsignedCall, 'as'>;

const compare = (request: Request, as = keys) =>
  differential.compare([
    { as: as[0], ...request },
    { as: as[1], ...request },
  ]);

const text = (body: string, more: Partial<Request> = {}): Request => ({ target: '/api/echo', body, ...more });
const bytes = (...body: (number | string)[]): Request => ({
  target: '/api/echo',
  body: Buffer.concat(
    body.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))),
  ),
});
const queried = (input: string, path = 'exemple'): Request => ({ target: `/api/${path}?input=${input}` });
const batch = (names: string, input?: unknown): Request => ({
  target: `/api/${names}?batch=1${input === undefined ? '' : `&input=${encodeURIComponent(JSON.stringify(input))}`}`,
});
const batched = (names: string, body: string): Request => ({ target: `/api/${names}?batch=1`, body });

const RIGHT = '{"text":"été"}';

/** Requests whose calls are made, by their peculiarity, with the status of the answer. */
const MADE: readonly (readonly [what: string, status: number, request: Request])[] = [
  ['parameters of the type', 200, text(RIGHT, { contentType: 'application/json; charset=utf-8' })],
  ['a type in capitals', 200, text(RIGHT, { contentType: 'Application/JSON' })],
  ['a space before a parameter', 200, text(RIGHT, { contentType: 'application/json ;charset=latin1' })],
  ['an empty parameter', 200, text(RIGHT, { contentType: 'application/json;' })],
  ['a type on a query', 200, { target: '/api/exemple', contentType: 'application/json' }],
  ['what it accepts', 200, { target: '/api/exemple', headers: { accept: 'text/html, */*;q=0.1' } }],

  ['no body', 400, text('')],
  ['a blank body', 400, text(' \n')],
  ['space around JSON', 200, text(`\t\r\n ${RIGHT} \n`)],
  ['a byte order mark', 200, text(`\ufeff${RIGHT}`)],
  ['a byte order mark alone', 400, text('\ufeff')],
  ['no JSON', 400, text('text=a')],
  ['two values', 400, text(`${RIGHT}${RIGHT}`)],
  ['a zero byte', 400, bytes(RIGHT, 0)],
  ['UTF-16', 400, { target: '/api/echo', body: Buffer.from(RIGHT, 'utf16le') }],
  ['a lone surrogate', 200, text('{"text":"\\ud800"}')],
  ['characters beyond the first plane', 200, text('{"text":"\u{1f600}\\ud83d\\ude00\\u2028\u2028"}')],
  ['a member twice', 200, text('{"text":1,"text":"the last"}')],
  ['__proto__', 400, text('{"text":"a","__proto__":{"text":"b"}}')],
  ['__proto__ alone', 400, text('{"__proto__":{"text":"b"}}')],
  ['a number beyond all', 400, text('{"text":1e999}')],
  ['what is deeply nested', 400, text(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
  ['what is nested deeply and wrong', 400, text('['.repeat(100_000))],
  ['a long text', 200, text(JSON.stringify({ text: '\u0000"\\é'.repeat(20_000) }))],

  ['an empty input', 200, queried('')],
  ['an input without a value', 200, { target: '/api/exemple?input' }],
  ['a blank input', 400, queried('%20')],
  ['an input in plus signs', 200, queried('+%7B%7D+')],
  ['a byte order mark in a query', 400, queried('%EF%BB%BF%7B%7D')],
  ['an escape that is none', 400, queried('%7B%zz%7D')],
  ['an escape that is cut', 400, queried('%7B%7D%')],
  ['bytes that are no UTF-8 in a query', 200, queried('%7B%22name%22:%22%ff%22%7D')],
  ['quotes and brackets as they are', 200, queried(`{"name":"<'|^\`>"}`)],
  ['more of the query', 400, { target: '/api/exemple?a=1&input=%7B%7D&Input=7&=&&b' }],
  ['an empty query', 200, { target: '/api/exemple?' }],
  ['a semicolon', 400, { target: '/api/exemple?a=1;input=7' }],
  ['an escaped name', 400, { target: '/api/exemple?%69nput=7' }],
  ['a question mark before the input', 400, { target: '/api/exemple??input=7' }],
  ['a question mark before the batch', 400, { target: '/api/exemple??batch=1' }],
  ['question marks', 400, { target: '/api/exemple???input=7&?batch=1' }],

  ['A6: an input in brackets', 400, { target: '/api/exemple?input[name]=Ada' }],
  ['A6: a filter in brackets', 400, { target: '/api/keys.list?input[search]=zzz&input=%7B%7D' }],
  ['A6: a member of the input as a parameter', 400, { target: '/api/exemple?name=Ada' }],
  ['A6: a parameter of a query that takes nothing', 400, { target: '/api/whoami?a=1' }],
  ['A6: a parameter of a batch', 400, { target: '/api/exemple,whoami?batch=1&a=1' }],
  ['A6: a parameter of a mutation', 400, text(RIGHT, { target: '/api/echo?a=1' })],
  ['A6: an input in the query of a mutation with a body', 400, text(RIGHT, { target: '/api/echo?input=1' })],
  ['A6: a parameter of an open procedure', 400, { target: '/api/health?a=1' }],
  ['A6: an id of an event on a query', 400, { target: '/api/exemple?lastEventId=1' }],

  ['a batch of one', 200, batch('exemple', { 0: { name: 'Ada' } })],
  ['a batch of two', 200, batch('exemple,whoami', { 0: { name: 'Ada' }, 1: {} })],
  ['a batch of 20', 200, batch(Array(20).fill('exemple').join(','), { 19: { name: 'Ada' } })],
  ['mixed outcomes', 207, batch('exemple,keys.get,whoami', { 0: { name: 1 }, 1: { id: 'zzzzzzzzzzzz' } })],
  ['the same refusals', 400, batch('exemple,exemple', { 0: 1, 1: 2 })],
  ['two refusals', 207, batch('exemple,keys.get', { 0: 1, 1: { id: 'zzzzzzzzzzzz' } })],
  ['no inputs', 207, batch('exemple,keys.get')],
  ['an empty input of a batch', 207, { target: '/api/exemple,keys.get?batch=1&input=' }],
  ['an input that is missing', 207, batch('keys.get,exemple', { 1: { name: 'Ada' } })],
  ['A6: an input too many', 400, batch('exemple', { 0: {}, 1: {}, 7: 1 })],
  ['null in a batch', 207, batch('exemple,whoami', { 0: null, 1: {} })],
  ['null for a batch', 400, batch('exemple,exemple', null)],
  ['an array for a batch', 400, batch('exemple,exemple', [{}, {}])],
  ['a text for a batch', 400, batch('exemple', 'ab')],
  ['a number for a batch', 400, batch('exemple', 7)],
  ['A6: an input too many where none is expected', 400, batch('whoami,whoami', { 2: {} })],
  ['A6: null for a batch where none is expected', 400, batch('whoami,whoami', null)],
  ['A6: no JSON for a batch where none is expected', 400, { target: '/api/whoami?batch=1&input=%7B' }],
  ['A6: an input too many of a mutation', 400, batched('echo', '{"0":{"text":"a"},"1":{"text":"b"}}')],
  ['A6: the index "00" alongside "0"', 400, batched('echo', '{"0":{"text":"a"},"00":{"text":"b"}}')],
  ['A6: __proto__ alongside "0"', 400, batched('echo', '{"0":{"text":"a"},"__proto__":{}}')],
  ['A6: the index 20 of 20', 400, batch(Array(20).fill('exemple').join(','), { 20: {} })],
  ['no JSON for a batch of which one asks', 400, { target: '/api/exemple?batch=1&input=%7B' }],
  ...['00', '1e0', '-1', '-0', '0.0', '+0', ' 0', '0x0', '١', '__proto__', 'constructor', 'length', ''].map(
    (name) =>
      [
        `A6: the index ${JSON.stringify(name)}`,
        400,
        batch('exemple', JSON.parse(`{${JSON.stringify(name)}:7}`)),
      ] as const,
  ),
  ['an index twice', 200, batched('echo', '{"0":7,"0":{"text":"a"}}')],
  ['__proto__ with indices', 400, batched('echo', '{"__proto__":{"0":{"text":"a"}}}')],
  ['a batch of mutations', 200, batched('echo,echo', '{"0":{"text":"a"},"1":{"text":"b"}}')],
  ['a batch of mutations without a body', 400, batched('echo,echo', '')],
  ['a batch of mutations that is no JSON', 400, batched('echo,echo', '{')],
  ['a batch of mutations by an array', 400, batched('echo', '[{"text":"a"}]')],
  [
    'an input in the query of a mutation',
    400,
    { target: `/api/echo?input=${encodeURIComponent(RIGHT)}`, body: '' },
  ],
  ['bytes for those who take JSON', 415, { target: '/api/upload', body: '{}' }],
];

describe('the server answers as tRPC does a request with', () => {
  it.each(MADE)('%s', async (_, status, request) => {
    const { direct, ran } = await compare(request);
    expect([ran, direct.status]).toEqual([true, status]);
  });
});

describe('a body in two parts is answered like a whole one, with', () => {
  const withBody = [...MADE.map(([what, , request]) => [what, request] as const)].filter(
    (one): one is [string, Request & { body: string | Buffer }] => (one[1].body?.length ?? 0) > 1,
  );
  it.each(withBody)('%s', (_, request) => differential.compareInTwo({ as: keys[0], ...request }));
});

/** Requests that both paths refuse before any call is made. */
const REFUSED: readonly (readonly [what: string, answered: string, request: Request])[] = [
  ...['nothing', 'Exemple', 'exemple.', '.exemple', 'keys', 'keys.', 'keys.get.x', 'exemple/', ''].map(
    (path) => [`the path "${path}"`, '404 PROCEDURE_NOT_FOUND', { target: `/api/${path}` }] as const,
  ),
  ...[
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'keys.constructor',
    'keys.__proto__',
    '_def',
    'createCaller',
  ].map((path) => [`the path "${path}"`, '404 PROCEDURE_NOT_FOUND', { target: `/api/${path}` }] as const),
  ['an unknown member of a batch', '404 PROCEDURE_NOT_FOUND', batch('exemple,constructor', {})],
  ['an empty member of a batch', '404 PROCEDURE_NOT_FOUND', batch('exemple,', {})],
  ['several without a batch', '404 PROCEDURE_NOT_FOUND', { target: '/api/exemple,exemple' }],
  ['a mutation by GET', '405 METHOD_NOT_SUPPORTED', { target: '/api/echo' }],
  ['a query by POST', '405 METHOD_NOT_SUPPORTED', { target: '/api/exemple', body: '{}' }],
  ['both in a batch', '405 METHOD_NOT_SUPPORTED', batch('exemple,echo', {})],
  ...['PUT', 'DELETE', 'PATCH', 'OPTIONS'].map(
    (method) =>
      [`the method ${method}`, '405 METHOD_NOT_SUPPORTED', { target: '/api/exemple', method }] as const,
  ),
  ['what is public in a batch', '400 REQUEST_MALFORMED', batch('health', {})],
  ['a stream in a batch', '400 REQUEST_MALFORMED', batch('clock', {})],
  ['a batch of 21', '400 REQUEST_MALFORMED', batch(Array(21).fill('exemple').join(','), {})],
  ['another batch', '400 REQUEST_MALFORMED', { target: '/api/exemple?batch=true' }],
  ['two inputs', '400 REQUEST_MALFORMED', { target: '/api/exemple?input=1&input=2' }],
  ['no type', '415 MEDIA_TYPE_NOT_SUPPORTED', text(RIGHT, { contentType: '' })],
  ['text', '415 MEDIA_TYPE_NOT_SUPPORTED', text(RIGHT, { contentType: 'text/plain' })],
  ['nearly JSON', '415 MEDIA_TYPE_NOT_SUPPORTED', text(RIGHT, { contentType: 'application/json+x' })],
];

describe('the server refuses as tRPC does', () => {
  it.each(REFUSED)('%s', async (_, answered, request) => {
    const { direct, ran } = await compare(request);
    expect([ran, `${direct.status} ${direct.reason}`]).toEqual([false, answered]);
  });
});

describe('the headers of an answer, as with tRPC,', () => {
  const limited = (limit: number) => ({
    permissions: ['exemple:read', 'echo:write'],
    limits: [
      { name: 'calls', limit, windowSeconds: 60 },
      { name: 'hour', limit: 100, windowSeconds: 3600 },
    ],
  });
  const keyOf = (input: Record<string, unknown>) =>
    differential.prepare(async ({ service, ada }) => optionsOf(await createKey(service, ada, input)));

  it('state the limits, and when to retry', async () => {
    const as = await keyOf(limited(3));
    const first = await compare(queried(''), as);
    expect(first.direct.headers['ratelimit']).toMatch(/^"calls";r=2;t=\d+, "hour";r=99;t=\d+$/);
    expect((await compare(batch('exemple,exemple,exemple,whoami', {}), as)).direct.status).toBe(207);
    const { direct } = await compare(queried(''), as);
    expect(direct.headers['retry-after']).toMatch(/^\d+$/);
  });

  it('state them for credits spent within a batch', async () => {
    const as = await keyOf({ permissions: ['echo:write'], credits: { remaining: 2 } });
    const inputs = '{"0":{"text":"a"},"1":{"text":1},"2":{"text":"c"},"3":{"text":"d"}}';
    const { direct } = await compare(batched('echo,echo,echo,echo', inputs), as);
    const outcomes = direct.json.map(
      ({ error }: { error?: { data: { reason: string } } }) => error?.data.reason,
    );
    expect(outcomes).toEqual([undefined, 'INPUT_INVALID', undefined, 'CREDITS_EXHAUSTED']);
  });

  it('state what is missing, also within a batch', async () => {
    const as = await keyOf({ permissions: ['exemple:read'] });
    await compare(queried('', 'keys.list'), as);
    expect((await compare(batch('exemple,keys.list,members.list'), as)).direct.status).toBe(207);
  });

  it('ask for a proof', async () => {
    const { direct } = await differential.compare({ as: { url: '' }, target: '/api/exemple' });
    expect(direct.headers['www-authenticate']).toBe('Bearer realm="keyseal"');
  });

  it('set a cookie', async () => {
    const origin = differential.service.url;
    const signIn = ({ email, password }: Person): UnsignedCall => ({
      as: { url: '' },
      target: '/api/auth.signIn',
      body: JSON.stringify({ email, password, cookie: true }),
      headers: { origin },
    });
    const { direct } = await differential.compare([signIn(people[0]), signIn(people[1])]);
    // The refresh token, and from now on the device.
    expect(direct.headers['set-cookie']).toHaveLength(2);
  });
});

describe('two byte order marks', () => {
  it('are refused, although some versions of Node’s Request remove both', async () => {
    const { direct } = await differential.answers({ as: keys[0], ...text(`\ufeff\ufeff${RIGHT}`) });
    expect([direct.status, direct.reason]).toEqual([400, 'INPUT_INVALID']);
  });
});

describe('bytes that are not UTF-8', () => {
  it.each([
    ['alone', bytes(0xff)],
    ['in a text', bytes('{"text":"', 0xff, '"}')],
    ['a surrogate in bytes', bytes('{"text":"', 0xed, 0xa0, 0x80, '"}')],
    ['a character that is cut', bytes('{"text":"', 0xc3, '"}')],
  ])('%s, are refused, although tRPC would repair them', async (_, request) => {
    const { direct, viaTrpc } = await differential.answers({ as: keys[0], ...request });
    expect([direct.status, direct.reason]).toEqual([400, 'INPUT_INVALID']);
    expect(direct.json.error.data.issues).toEqual([{ path: '', message: 'The input is not JSON.' }]);
    if (viaTrpc.status === 200) expect(viaTrpc.json.result.data.text).toContain('\ufffd');
  });
});

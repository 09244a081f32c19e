import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGuard, type GuardOptions, type RouteRequirements } from '../../client/guard/index.ts';
import type { KeysealRefusal } from '../../client/index.ts';
import { order, twice } from '../harness/guard-attacks.ts';
import { passingHead } from '../harness/guard-floods.ts';
import { FRAMEWORKS, type Guarded } from '../harness/guarded.ts';
import { createKey, mutate, type Person, signUp } from '../harness/people.ts';
import { outcomeOf, type RawConnection, rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, type Draft, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let asking: Credentials;
let key: Credentials;
const errors: unknown[] = [];
let asked = 0;
let ran = 0;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:read,orders:write' } });
  ada = await signUp(service);
  asking = await verifyingKey(service, ada);
  key = await createKey(service, ada, { permissions: ['orders:write'] });
});
afterAll(() => service.stop());
beforeEach(() => {
  errors.length = 0;
  asked = 0;
  ran = 0;
});

const guardOf = (more: Partial<GuardOptions> = {}) =>
  createGuard({
    url: service.url,
    apiKey: asking.apiKey as string,
    signingSecret: asking.signingSecret,
    authority: ORDERS,
    onError: (error) => errors.push(error),
    fetch: (input, init) => {
      asked++;
      return fetch(input, init);
    },
    ...more,
  });

const flipped = (draft: Draft): Draft => {
  const text = `${key.apiKey}`;
  return withHeader(draft, 'authorization', `Bearer ${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`);
};

/** What a guard refuses by itself, each in the words of Keyseal. */
const LOCAL: readonly [what: string, reason: string, draft: () => Draft][] = [
  ['no authorization', 'KEY_MISSING', () => withHeader(order(key), 'authorization', null)],
  ['another scheme', 'KEY_INVALID', () => withHeader(order(key), 'authorization', 'Basic YTpi')],
  ['a wrong checksum', 'KEY_INVALID', () => flipped(order(key))],
  ['no signature', 'SIGNATURE_MISSING', () => withHeader(order(key), 'x-signature', null)],
  ['an empty signature', 'SIGNATURE_MISSING', () => withHeader(order(key), 'x-signature', '')],
  ['a malformed signature', 'SIGNATURE_MALFORMED', () => withHeader(order(key), 'x-signature', 'v1,k=a')],
  ['an encoding', 'MEDIA_TYPE_NOT_SUPPORTED', () => withHeader(order(key), 'content-encoding', 'br')],
  ['a method override', 'REQUEST_MALFORMED', () => withHeader(order(key), 'x-http-method', 'PUT')],
  ['a token alongside a token', 'REQUEST_MALFORMED', () => tokens(order(key))],
  ['two faults', 'KEY_INVALID', () => withHeader(flipped(order(key)), 'x-signature', null)],
  [
    'two other faults',
    'MEDIA_TYPE_NOT_SUPPORTED',
    () => withHeader(withHeader(order(key), 'authorization', null), 'content-encoding', 'gzip'),
  ],
];
const tokens = (draft: Draft) =>
  withHeader(withHeader(draft, 'authorization', 'Bearer a.b.c'), 'x-user-token', 'a.b.c');

const CHUNKED = '2\r\n{}\r\n0\r\n\r\n';
/** Framing that Node’s parser accepts, and two servers could read in two ways (RFC 9112 §6). */
const UNSOUND: readonly (readonly [what: string, framing: readonly string[], body: string])[] = [
  ['a coding before chunked', ['transfer-encoding: gzip, chunked'], CHUNKED],
  ['a coding in a line of its own', ['transfer-encoding: gzip', 'transfer-encoding: chunked'], CHUNKED],
  ['identity and chunked', ['transfer-encoding: identity, chunked'], CHUNKED],
  ['an empty coding and chunked', ['transfer-encoding: , chunked'], CHUNKED],
];
const rawOrder = (framing: readonly string[], body: string, version = '1.1') =>
  [
    `POST /orders HTTP/${version}`,
    ...sign(key, '/orders', { authority: ORDERS, body: '{}' }).headers.map((header) => header.join(': ')),
    ...framing,
    '',
    body,
  ].join('\r\n');

describe.each(Object.entries(FRAMEWORKS))('S11: the guard of %s', (framework, serve) => {
  let guarded: Guarded;
  beforeAll(async () => {
    guarded = await serve(guardOf(), { permission: 'orders:write' }, () => ran++);
  });
  afterAll(() => guarded.stop());

  it.each(LOCAL)('refuses %s by itself: %s', async (_what, reason, draft) => {
    const answer = await send(guarded.port, draft());
    expect([answer.reason, asked]).toEqual([reason, 0]);
    const { verdict } = await verdictOn(service, asking, draft());
    const { data, message } = answer.json.error;
    expect([data.httpStatus, data.reason, message]).toEqual([
      verdict.httpStatus,
      verdict.reason,
      verdict.message,
    ]);
    expect([answer.status, data.docs]).toEqual([verdict.httpStatus, verdict.docs]);
    // B4: a refusal for the form of a request names the broken rule.
    expect(data.issues).toEqual(verdict.issues);
  });

  it.each(UNSOUND)('S12: refuses %s by itself, and closes the connection', async (_what, framing, body) => {
    const connection = await rawConnection(guarded.port);
    connection.socket.write(rawOrder(framing, body));
    await connection.closed;
    expect(outcomeOf(connection.text())).toBe('400 REQUEST_MALFORMED');
    expect(connection.text()).toMatch(/\r\nconnection: close\r\n/i);
    expect([asked, ran]).toEqual([0, 0]);
  });

  it('S12: refuses chunks over HTTP/1.0, and trailers', async () => {
    const hidden = framework === 'a handler of the fetch standard';
    const trailed = rawOrder(['transfer-encoding: chunked'], `${CHUNKED.slice(0, -2)}x-a: b\r\n\r\n`);
    const old = rawOrder(['transfer-encoding: chunked', 'connection: close'], CHUNKED, '1.0');
    for (const raw of [trailed, old]) {
      const connection = await rawConnection(guarded.port);
      connection.socket.write(raw);
      const text = await connection.until((some) => /\r\n\r\n.*\}/s.test(some));
      expect(outcomeOf(text)).toMatch(hidden ? /^200/ : /^400 REQUEST_MALFORMED$/);
      connection.socket.destroy();
    }
    expect([asked, ran]).toEqual(hidden ? [2, 2] : [0, 0]);
  });

  it('accepts chunks over HTTP/1.1 without a content-length', async () => {
    const connection = await rawConnection(guarded.port);
    connection.socket.write(rawOrder(['transfer-encoding: Chunked'], CHUNKED));
    expect(outcomeOf(await connection.until((some) => /\r\n\r\n.*\}/s.test(some)))).toMatch(/^200/);
    connection.socket.destroy();
  });

  it('S12: refuses a request to another host, signed for it or not', async () => {
    const other = sign(key, '/orders', { authority: 'b.example', body: '{}' });
    for (const draft of [other, withHeader(order(key), 'host', 'b.example')]) {
      const { status, reason } = await send(guarded.port, draft);
      expect([status, reason, asked]).toEqual([421, 'AUTHORITY_UNKNOWN', 0]);
    }
  });

  it('S12: accepts its own host with a default port, and in capitals', async () => {
    for (const host of [`${ORDERS}:443`, `${ORDERS}:80`, ORDERS.toUpperCase()]) {
      expect((await send(guarded.port, withHeader(order(key), 'host', host))).status).toBe(200);
    }
  });
});

it('S12: a service with several names accepts each request for the name it was signed for', async () => {
  const both = await verifyingKey(service, ada, { authorities: [ORDERS, 'b.example'] });
  const { apiKey, signingSecret } = both;
  const guard = guardOf({ apiKey: apiKey as string, signingSecret, authority: [ORDERS, 'b.example'] });
  const guarded = await (FRAMEWORKS['node:http'] as (typeof FRAMEWORKS)[string])(guard, {}, () => {});
  for (const authority of [ORDERS, 'b.example']) {
    expect((await send(guarded.port, sign(key, '/orders', { authority }))).status).toBe(200);
  }
  const swapped = withHeader(sign(key, '/orders', { authority: 'b.example' }), 'host', ORDERS);
  expect((await send(guarded.port, swapped)).reason).toBe('SIGNATURE_INVALID');
  await guarded.stop();
});

async function withNode(
  guard: ReturnType<typeof createGuard>,
  use: (port: number) => Promise<void>,
): Promise<void> {
  const serve = FRAMEWORKS['node:http'] as (typeof FRAMEWORKS)[string];
  const guarded = await serve(guard, {}, () => {});
  await use(guarded.port).finally(() => guarded.stop());
}

it('A10: an authority outside the scope of the guard’s key is 503, and onError gets a message', async () => {
  await withNode(guardOf({ authority: 'c.example' }), async (port) => {
    const { status, reason, text } = await send(port, sign(key, '/orders', { authority: 'c.example' }));
    expect([status, reason]).toEqual([503, 'UNAVAILABLE']);
    expect(text).not.toContain('c.example');
  });
  expect(String(errors)).toContain('add c.example to the key\'s "authorities"');
});

it('A10: a wrong authority option is reported once for each host, with its value', async () => {
  const authority = ['c.example', 'd.example:4000'];
  await withNode(guardOf({ authority }), async (port) => {
    for (let call = 0; call < 3; call++) {
      const { status, reason, text } = await send(port, order(key));
      expect([status, reason, asked]).toEqual([421, 'AUTHORITY_UNKNOWN', 0]);
      expect(text).not.toContain('c.example');
    }
    await send(port, withHeader(order(key), 'host', ORDERS.toUpperCase()));
    expect(errors.map(String)).toEqual([
      expect.stringContaining(`"${ORDERS}" was refused with AUTHORITY_UNKNOWN`),
    ]);
    expect(String(errors)).toContain('"authority" is c.example, d.example:4000.');
    await send(port, withHeader(order(key), 'host', 'e.example'));
    expect(errors).toHaveLength(2);
  });
});

it('A10: invented hosts are reported 16 times at most, in one line each', async () => {
  await withNode(guardOf(), async (port) => {
    for (let call = 0; call < 20; call++) {
      const host = `${call}.example${'x'.repeat(call * 300)}`;
      expect((await send(port, withHeader(order(key), 'host', host))).status).toBe(421);
    }
    expect((await send(port, order(key))).status).toBe(200);
  });
  expect(errors).toHaveLength(16);
  expect(String(errors[15])).toContain('No more hosts will be reported');
  expect(errors.every((error) => String(error).length < 800)).toBe(true);
});

it('A10: a guard whose own key was revoked is 503', async () => {
  const { apiKey, signingSecret, id } = await verifyingKey(service, ada);
  await mutate(service, ada, 'keys.revoke', { id });
  await withNode(guardOf({ apiKey: apiKey as string, signingSecret }), async (port) => {
    const { status, reason } = await send(port, order(key));
    expect([status, reason]).toEqual([503, 'UNAVAILABLE']);
  });
  expect(errors).toHaveLength(1);
});

describe('A10: onError names the part of the guard’s request that Keyseal refuses', () => {
  const SLIPS: readonly (readonly [
    what: string,
    named: RegExp,
    options: Partial<GuardOptions>,
    asked: RouteRequirements,
  ])[] = [
    ['an unknown permission', /require\.permission: is not a permission/, {}, { permission: 'a:b' }],
    ['a text that is no address', /address: /, { address: () => 'unknown' }, {}],
  ];

  it.each(SLIPS)('%s', async (_, named, options, route) => {
    const guarded = await (FRAMEWORKS['node:http'] as (typeof FRAMEWORKS)[string])(
      guardOf(options),
      route,
      () => {},
    );
    const { status, reason, text } = await send(guarded.port, order(key));
    await guarded.stop();
    expect([status, reason]).toEqual([503, 'UNAVAILABLE']);
    expect(text).not.toMatch(named);
    expect(errors.map(String)).toEqual([expect.stringMatching(named)]);
    expect((errors[0] as KeysealRefusal).details.issues).toHaveLength(1);
  });

  it('a permission that its own key lacks', async () => {
    const { apiKey, signingSecret } = key;
    await withNode(guardOf({ apiKey: apiKey as string, signingSecret }), async (port) => {
      expect((await send(port, order(key))).status).toBe(503);
    });
    expect(String(errors)).toContain("the guard's key lacks requests:verify");
  });

  it('without an error of its own for malformed issues', async () => {
    const data = { code: 'BAD_REQUEST', httpStatus: 400, reason: 'INPUT_INVALID', issues: { a: 1 } };
    const fetch = async () =>
      Response.json([{ error: { message: 'No.', code: -32600, data } }], { status: 400 });
    await withNode(guardOf({ fetch }), async (port) => {
      expect((await send(port, order(key))).status).toBe(503);
    });
    expect(errors.map(String)).toEqual(['KeysealRefusal: No.']);
  });
});

it('A1: an exception of what follows a middleware is answered, and ends no process', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', note);
  const guarded = guardOf().express({});
  const server = createServer((request, response) => {
    void guarded(request, response, () => {
      throw new Error('the handler');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { status, reason } = await send((server.address() as AddressInfo).port, order(key));
  server.close();
  process.off('unhandledRejection', note);
  expect([status, reason, String(errors)]).toEqual([500, 'INTERNAL', 'Error: the handler']);
  expect(unhandled).toEqual([]);
});

it('A10: a timeout that is too long for a timer is not one of a millisecond', async () => {
  await withNode(guardOf({ timeout: 2 ** 40 }), async (port) => {
    expect((await send(port, order(key))).status).toBe(200);
  });
});

it.each([
  { valid: true, caller: { kind: 'key' }, dryRun: 'admitted' },
  { valid: 'true', caller: { kind: 'key' } },
  { valid: 1, caller: { kind: 'key' } },
  {},
])('A10: %j of Keyseal admits nobody', async (data) => {
  await withNode(guardOf({ fetch: async () => Response.json([{ result: { data } }]) }), async (port) => {
    expect((await send(port, order(key))).status).toBe(503);
  });
  expect(errors).toHaveLength(1);
});

it('A10: an answer of Keyseal that cannot be written, and an onError that throws, are 503', async () => {
  const bad = { valid: false, reason: 'X', httpStatus: 'x', message: 1, requestId: 'a\r\nb', limits: [] };
  const answer = async () => Response.json([{ result: { data: bad } }]);
  const onError = async () => {
    throw new Error('onError');
  };
  await withNode(guardOf({ fetch: answer, onError }), async (port) => {
    expect((await send(port, order(key))).status).toBe(503);
  });
});

it('S12: behind a proxy, without the option, no address is sent to Keyseal, and onError is called once', async () => {
  const bound = await createKey(service, ada, {
    permissions: ['orders:write'],
    allowedAddresses: ['127.0.0.0/8'],
  });
  const proxied = () => twice(order(bound), 'x-forwarded-for', '203.0.113.7');
  await withNode(guardOf(), async (port) => {
    expect((await send(port, order(bound))).status).toBe(200);
    for (let call = 0; call < 2; call++) expect((await send(port, proxied())).reason).toBe('IP_DENIED');
  });
  expect(String(errors)).toContain('no option "address"');
  expect(errors).toHaveLength(1);
  await withNode(guardOf({ address: () => '127.0.0.1' }), async (port) => {
    expect((await send(port, proxied())).status).toBe(200);
  });
});

describe('S11: memory is reserved until the handler ends', () => {
  const BODY = 'x'.repeat(1000);
  /** Four of these fit into the share of one IP address. */
  const maxBuffered = 16_000;
  const target = '/orders';
  const draft = () => sign(key, target, { authority: ORDERS, body: BODY });

  it.each(['node:http', 'fetch'])('of %s', async (kind) => {
    const waiting: (() => void)[] = [];
    const guard = guardOf({ maxBuffered, maxBody: 1_000 });
    const wait = () => new Promise<void>((resolve) => void waiting.push(resolve));
    const handler = guard.fetch({}, async () => {
      await wait();
      return new Response('done');
    });
    const app = new Hono();
    app.post('/orders', (c) => handler(c.req.raw));
    const server = createServer(
      guard.node({}, async (_request, response) => {
        await wait();
        response.end('done');
      }),
    );
    const { serve } = await import('@hono/node-server');
    const listening: Server =
      kind === 'fetch'
        ? (serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server)
        : server.listen(0, '127.0.0.1');
    await new Promise((resolve) => listening.once('listening', resolve));
    const { port } = listening.address() as AddressInfo;
    const pending = Array.from({ length: 4 }, () => send(port, draft()));
    // A handler runs once its body was admitted; a group may hold half of half.
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThanOrEqual(4), { timeout: 20_000 });
    expect((await send(port, draft())).reason).toBe('UNAVAILABLE');
    for (const end of waiting) end();
    expect((await Promise.all(pending)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    waiting.length = 0;
    const again = send(port, draft());
    await vi.waitFor(() => expect(waiting).toHaveLength(1), { timeout: 20_000 });
    waiting[0]?.();
    expect((await again).status).toBe(200);
    listening.close();
  });
});

it('S11: an address has no more pending requests at Keyseal than its share, and others have theirs', async () => {
  const address = (headers: Headers) => headers.get('x-at');
  const silent: ((response: Response) => void)[] = [];
  const guard = guardOf({
    address,
    timeout: 60_000,
    fetch: () => new Promise((resolve) => silent.push(resolve)),
  });
  await withNode(guard, async (port) => {
    const connections: RawConnection[] = [];
    const knock = async (at: string) => {
      const connection = await rawConnection(port);
      const head = passingHead(ORDERS, key.apiKey as string, `x-at: ${at}`, 'GET');
      connection.socket.write(head);
      connections.push(connection);
    };
    for (let call = 0; call < 259; call++) await knock('203.0.113.7');
    const refused = () => connections.filter(({ text }) => text().includes('503 ')).length;
    await vi.waitFor(() => expect(refused()).toBe(3), { timeout: 20_000 });
    const before = silent.length;
    await knock('198.51.100.1');
    await vi.waitFor(() => expect(silent.length).toBeGreaterThan(before), { timeout: 20_000 });
    expect(refused()).toBe(3);
    for (const { socket } of connections) socket.destroy();
  });
});

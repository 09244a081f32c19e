import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve as serveHono } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createGuard,
  type Guard,
  type GuardOptions,
  type RouteRequirements,
} from '../../client/guard/index.ts';
import { guardAttacks, keyTwice, ORDER, order, twice } from '../harness/guard-attacks.ts';
import { FRAMEWORKS, type Guarded, serveTrpc } from '../harness/guarded.ts';
import { digestField, signStandard } from '../harness/http-signature.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let asking: Credentials;
let key: Credentials;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:read,orders:write' } });
  ada = await signUp(service);
  asking = await verifyingKey(service, ada);
  key = await createKey(service, ada, { permissions: ['orders:write'] });
});
afterAll(() => service.stop());

const MAX_BODY = 10_000;
const errors: unknown[] = [];
let runs = 0;
const ran = () => {
  runs++;
};
beforeEach(() => {
  runs = 0;
  errors.length = 0;
});

const guardOf = (more: Partial<GuardOptions> = {}) =>
  createGuard({
    url: service.url,
    apiKey: asking.apiKey as string,
    signingSecret: asking.signingSecret,
    authority: ORDERS,
    maxBody: MAX_BODY,
    onError: (error) => errors.push(error),
    ...more,
  });

const newOrder = (by: Credentials) => sign(by, '/orders', { authority: ORDERS });
const attacks = guardAttacks(() => ({ service, ada, key }), MAX_BODY);

describe.each(Object.entries(FRAMEWORKS))('the guard of %s', (name, serve) => {
  let guarded: Guarded;
  const start = async (asked: RouteRequirements, more: Partial<GuardOptions> = {}) =>
    serve(guardOf(more), asked, ran);

  beforeAll(async () => {
    guarded = await start({ permission: 'orders:write' });
  });
  afterAll(() => guarded.stop());

  it('admits a signed call, with its body, and names the caller', async () => {
    const answer = await send(guarded.port, order(key));
    expect([answer.status, answer.json]).toEqual([200, { by: key.id, body: ORDER }]);
    const read = await send(guarded.port, newOrder(key));
    expect([read.status, read.json]).toEqual([200, { by: key.id, body: null }]);
    expect(runs).toBe(2);
  });

  it('admits a call with an RFC 9421 signature, once', async () => {
    const body = '{"item":"tea"}';
    for (const algorithm of ['sha-256', 'sha-512'] as const) {
      const contentDigest = digestField(body, algorithm);
      const draft = signStandard(key, '/orders', { authority: ORDERS, scheme: 'https', body, contentDigest });
      expect((await send(guarded.port, draft)).status).toBe(200);
      expect((await send(guarded.port, draft)).reason).toBe('SIGNATURE_REPLAYED');
    }
    const unsigned = withHeader(newOrder(key), 'x-signature', null);
    const { reason, json, headers } = await send(guarded.port, unsigned);
    expect([reason, json.error.data.issues]).toEqual(['SIGNATURE_MISSING', undefined]);
    expect(headers['accept-signature']).toBe('keyseal=("@method" "@target-uri");created;tag="keyseal"');
    const withBody = await send(guarded.port, withHeader(order(key), 'x-signature', null));
    expect(withBody.headers['accept-signature']).toContain('("@method" "content-type" "content-digest" ');
    expect(errors).toEqual([]);
  });

  it('admits it once', async () => {
    const draft = order(key);
    expect((await send(guarded.port, draft)).status).toBe(200);
    expect((await send(guarded.port, draft)).reason).toBe('SIGNATURE_REPLAYED');
    expect(runs).toBe(1);
  });

  it.each(attacks)('refuses a call %s: %s', async (_, expected, draft) => {
    const answer = await send(guarded.port, await draft());
    const said = `${answer.status} ${answer.reason}`;
    if (typeof expected === 'string') expect(said).toBe(expected);
    else expect(said).toMatch(expected);
    expect(answer.headers['www-authenticate']).toBe(
      answer.status === 401 ? 'Bearer realm="keyseal"' : undefined,
    );
    // RFC 9421 §5.1: what a signature must cover.
    expect(answer.headers['accept-signature'] !== undefined).toBe(answer.status === 401);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['x-request-id']).toBe(answer.json.error.data.requestId);
    expect(runs).toBe(0);
  });

  it('refuses a call with the key twice', async () => {
    const answer = await send(guarded.port, keyTwice(key));
    expect([answer.status, answer.reason, runs]).toEqual([400, 'REQUEST_MALFORMED', 0]);
  });

  it('refuses a repeated content-type, or passes on the signed one', async () => {
    const draft = twice(order(key), 'content-type', 'text/plain');
    const answer = await send(guarded.port, draft);
    expect(`${answer.status} ${answer.reason}`).toMatch(/^400 REQUEST_MALFORMED$|^401 SIGNATURE_INVALID$/);
    expect(runs).toBe(0);
  });

  it('passes on the state of a limit, and when to retry', async () => {
    const limited = await start({ limit: { name: 'orders', limit: 1, windowSeconds: 60 } });
    const other = await createKey(service, ada, { permissions: ['orders:write'] });
    expect((await send(limited.port, order(other))).status).toBe(200);
    const { status, reason, headers } = await send(limited.port, order(other));
    expect([status, reason]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(headers['ratelimit']).toMatch(/^"service\.orders";r=0;t=\d+$/);
    expect(runs).toBe(1);
    await limited.stop();
  });

  it('requires a user token if a route does', async () => {
    const personal = await start({ user: true });
    expect((await send(personal.port, order(key))).reason).toBe('TOKEN_MISSING');
    const forUser = order(key, { token: ada.token });
    expect((await send(personal.port, forUser)).status).toBe(200);
    await personal.stop();
  });

  it('refuses every caller if Keyseal is unreachable, silent or sends garbage', async () => {
    const silent = createServer(() => {});
    const babbling = createServer((_, response) => response.end('{"result":{"data":{"valid":"true"}}}'));
    for (const server of [silent, babbling]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    const urlOf = (server: typeof silent) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const url of ['http://127.0.0.1:9', urlOf(silent), urlOf(babbling)]) {
      const alone = await start({}, { url, timeout: 300 });
      const answer = await send(alone.port, order(key));
      expect([url, answer.status, answer.reason]).toEqual([url, 503, 'UNAVAILABLE']);
      expect(answer.headers['retry-after']).toBe('1');
      await alone.stop();
    }
    expect(errors).toHaveLength(3);
    expect(runs).toBe(0);
    for (const server of [silent, babbling]) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('refuses every caller if its own key may not verify, without telling them why', async () => {
    const { apiKey, signingSecret } = key;
    const unfit = await start({}, { apiKey: apiKey as string, signingSecret });
    const answer = await send(unfit.port, order(key));
    expect([answer.status, answer.reason]).toEqual([503, 'UNAVAILABLE']);
    expect(answer.text).not.toContain('requests:verify');
    expect(String(errors[0])).toContain('lacks a permission');
    await unfit.stop();
  });

  it('reads a body that arrives in pieces, and refuses one that is cut short', async () => {
    const draft = order(key);
    const head = [
      `POST ${draft.target} HTTP/1.1`,
      ...draft.headers.map(([header, value]) => `${header}: ${value}`),
      `content-length: ${draft.body?.length}`,
    ].join('\r\n');
    const bytes = draft.body as Buffer;
    const whole = await rawConnection(guarded.port);
    whole.socket.write(`${head}\r\nconnection: close\r\n\r\n`);
    for (const byte of bytes) whole.socket.write(Buffer.of(byte));
    await whole.closed;
    expect(whole.text()).toMatch(/^HTTP\/1\.1 200 /);

    const cut = await rawConnection(guarded.port);
    cut.socket.write(`${head}\r\n\r\n`);
    cut.socket.end(bytes.subarray(0, 3));
    await cut.closed;
    expect(cut.text()).not.toMatch(/^HTTP\/1\.1 200 /);
    expect([name, runs]).toEqual([name, 1]);
  });
});

describe('a body that was read before the guard', () => {
  const sentence =
    /^BodyAlreadyRead: The body was read before the guard saw its bytes\. Put the guard before/;

  it('of Express is reported in a sentence, and every caller is refused', async () => {
    const app = express();
    app.use(express.json());
    app.post('/orders', guardOf().express({}), (_request, response) => {
      ran();
      response.json({});
    });
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const answer = await send((server.address() as AddressInfo).port, order(key));
    expect([answer.status, answer.reason]).toEqual([500, 'INTERNAL']);
    expect(String(errors[0])).toMatch(sentence);
    expect(runs).toBe(0);
    server.close();
  });

  it('of Hono is reported in a sentence, and every caller is refused', async () => {
    const app = new Hono();
    app.use(async (c, next) => {
      await c.req.text();
      await next();
    });
    app.post('/orders', guardOf().hono({}), (c) => {
      ran();
      return c.json({});
    });
    const server = serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await new Promise((resolve) => server.once('listening', resolve));
    const answer = await send((server.address() as AddressInfo).port, order(key));
    expect([answer.status, answer.reason]).toEqual([500, 'INTERNAL']);
    expect(String(errors[0])).toMatch(sentence);
    expect(runs).toBe(0);
    server.close();
  });
});

describe('a second guard on a route', () => {
  const answer = () => {
    ran();
    return Response.json({});
  };
  const listening = async (server: { once(event: 'listening', listener: () => void): unknown }) => {
    await new Promise<void>((resolve) => server.once('listening', resolve));
    return server as Server;
  };
  const SERVERS: readonly (readonly [string, (guard: Guard) => Promise<Server>])[] = [
    [
      'node:http',
      (guard) => {
        const inner = guard.node({}, () => ran());
        return listening(createServer(guard.node({}, inner)).listen(0, '127.0.0.1'));
      },
    ],
    [
      'Express',
      (guard) => {
        const app = express().use(guard.express({}));
        app.post('/orders', guard.express({}), () => ran());
        return listening(createServer(app).listen(0, '127.0.0.1'));
      },
    ],
    [
      'Hono',
      (guard) => {
        const app = new Hono().use(guard.hono({})).post('/orders', guard.hono({}), answer);
        return listening(serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }));
      },
    ],
    [
      'the fetch standard',
      (guard) => {
        const handler = guard.fetch({}, guard.fetch({}, answer));
        return listening(serveHono({ fetch: handler, port: 0, hostname: '127.0.0.1' }));
      },
    ],
  ];

  it.each(SERVERS)('of %s is reported in a sentence, and every caller is refused', async (_, serve) => {
    const server = await serve(guardOf());
    const { status, reason } = await send((server.address() as AddressInfo).port, order(key));
    expect([status, reason]).toEqual([500, 'INTERNAL']);
    expect(String(errors.at(-1))).toMatch(/^AlreadyAdmitted: Another guard admitted this request before\./);
    expect(runs).toBe(0);
    server.close();
  });
});

describe('a tRPC router behind the guard', () => {
  let guarded: Guarded;
  beforeAll(async () => {
    guarded = await serveTrpc(guardOf(), ran);
  });
  afterAll(() => guarded.stop());

  it('checks a permission for each procedure, and refuses in Keyseal’s form', async () => {
    const read = sign(key, '/trpc/read', { authority: ORDERS });
    const refused = await send(guarded.port, read);
    expect([refused.status, refused.reason]).toEqual([403, 'PERMISSION_DENIED']);
    expect(refused.json.error.data.missing).toBe('orders:read');
    expect(runs).toBe(0);
    const write = sign(key, '/trpc/write', { authority: ORDERS, body: '{}' });
    const answer = await send(guarded.port, write);
    expect([answer.status, answer.json]).toEqual([200, { result: { data: key.id } }]);
    expect(runs).toBe(1);
  });

  it('accepts one signature for a batch', async () => {
    const target = '/trpc/write,write?batch=1';
    const batch = sign(key, target, { authority: ORDERS, body: '{"0":{},"1":{}}' });
    expect((await send(guarded.port, batch)).json.map((one: { result: object }) => one.result)).toHaveLength(
      2,
    );
    expect((await send(guarded.port, batch)).reason).toBe('SIGNATURE_REPLAYED');
    expect(runs).toBe(2);
  });
});

import { connect, constants, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { serve as serveHono } from '@hono/node-server';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { admitted, type Guard, type GuardOptions } from '../../client/guard/index.ts';
import { admitAll, admittingGuard, BODY, HOST, newOrder, ROOM } from '../harness/admitting-guard.ts';

/** Work that has begun and not ended, of handlers or of Keyseal. */
const working: (() => void)[] = [];
let takesLong = true;
const work = () =>
  takesLong ? new Promise<void>((resolve) => void working.push(resolve)) : Promise.resolve();
function endAll(): void {
  for (const end of working.splice(0)) end();
}

const servers: Http2Server[] = [];
const streams = new Set<ServerHttp2Stream>();
afterEach(() => {
  takesLong = true;
  endAll();
  streams.clear();
  for (const server of servers.splice(0)) server.close();
});

async function portOf(server: Http2Server): Promise<number> {
  servers.push(server);
  server.on('stream', (stream) => {
    streams.add(stream);
    stream.once('close', () => streams.delete(stream));
  });
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}
const listen = (server: Http2Server) => portOf(server.listen(0, '127.0.0.1'));
const onHono = (fetch: (request: Request) => Response | Promise<Response>) =>
  portOf(serveHono({ fetch, port: 0, hostname: '127.0.0.1', createServer }) as Http2Server);

async function onFastify(
  guard: Guard,
  answer: (by: object, reply: { send(body: string): unknown }) => unknown,
) {
  const app = fastify({ http2: true });
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/', { preParsing: guard.fastify({}) }, answer);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return portOf(app.server);
}

/** A handler of each framework that answers when `work` ends. */
const WAYS: Readonly<Record<string, (guard: Guard) => Promise<number>>> = {
  'node:http2, a promise': (guard) =>
    listen(
      createServer(
        guard.node({}, async (_request, response) => {
          await work();
          response.end('done');
        }),
      ),
    ),
  'node:http2, a callback': (guard) =>
    listen(
      createServer(
        guard.node({}, (_request, response) => {
          void work().then(() => response.end('done'));
        }),
      ),
    ),
  'Fastify, a promise': (guard) =>
    onFastify(guard, async (request) => {
      await work();
      return String(admitted(request).body.byteLength);
    }),
  'Fastify, a callback': (guard) =>
    onFastify(guard, (_request, reply) => {
      void work().then(() => reply.send('done'));
    }),
  Koa: (guard) => {
    const app = new Koa().use(guard.koa({})).use(async (context) => {
      await work();
      context.body = 'done';
    });
    return listen(createServer(app.callback()));
  },
  Hono: (guard) => {
    const app = new Hono();
    app.use(guard.hono({}));
    app.post('/', async (c) => {
      await work();
      return c.text('done');
    });
    return onHono(app.fetch);
  },
  'a handler of the fetch standard': (guard) => {
    const handler = guard.fetch({}, async () => {
      await work();
      return new Response('done');
    });
    return onHono((asked) => handler(asked));
  },
};

/** Sends an order over a connection of its own. @param sent bytes of its body */
async function order(port: number, sent = BODY.length) {
  const { headers } = await newOrder();
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  const stream = session.request({
    ...{ ':method': 'POST', ':path': '/', ':authority': HOST, 'content-length': BODY.length },
    ...Object.fromEntries(headers),
  });
  const status = new Promise<number | 'left'>((resolve) => {
    stream.on('response', ({ ':status': code = 0 }) => {
      stream.resume().on('close', () => session.close());
      resolve(code);
    });
    stream.on('error', () => resolve('left'));
    stream.on('close', () => resolve('left'));
  });
  if (sent === BODY.length) stream.end(BODY);
  else stream.write(BODY.slice(0, sent));
  return { status, stream, session };
}
type Order = Awaited<ReturnType<typeof order>>;

/** How callers leave. */
const LEAVES: readonly ((order: Order) => void)[] = [
  ({ stream }) => stream.close(constants.NGHTTP2_CANCEL),
  ({ session }) => session.destroy(),
];
async function leave(left: Order, nth: number) {
  LEAVES[nth % LEAVES.length]?.(left);
  await vi.waitUntil(() => streams.size === 0, { timeout: 20_000 });
  left.session.destroy();
}

/** Whether a caller's whole share of the memory is free. */
async function hasAllRoom(port: number): Promise<boolean> {
  takesLong = false;
  const orders = await Promise.all(Array.from({ length: ROOM }, () => order(port)));
  const answers = await Promise.all(orders.map(({ status }) => status));
  return answers.every((status) => status === 200);
}

describe.each(Object.entries(WAYS))('S11: streams of HTTP/2 that are reset: %s', (_, serve) => {
  it('while the handler works: their share is free once it has ended, and not before', async () => {
    const port = await serve(admittingGuard());
    for (let n = 0; n < ROOM; n++) {
      const sent = await order(port);
      await vi.waitUntil(() => working.length === n + 1, { timeout: 20_000 });
      await leave(sent, n);
    }
    expect(await (await order(port)).status).toBe(503);
    endAll();
    await expect.poll(() => hasAllRoom(port)).toBe(true);
  });

  it('while Keyseal verifies: nothing is left of them', async () => {
    const slow: NonNullable<GuardOptions['fetch']> = async (...asked) => {
      await work();
      return admitAll(...asked);
    };
    const port = await serve(admittingGuard({ fetch: slow }));
    for (let n = 0; n < ROOM; n++) {
      const sent = await order(port);
      await vi.waitUntil(() => working.length === n + 1, { timeout: 20_000 });
      await leave(sent, n);
    }
    takesLong = false;
    endAll();
    await expect.poll(() => hasAllRoom(port)).toBe(true);
  });

  it('while the body arrives: nothing is left of them', async () => {
    const port = await serve(admittingGuard());
    for (let n = 0; n < 2 * ROOM; n++) {
      const sent = await order(port, 700);
      await vi.waitUntil(() => streams.size === 1, { timeout: 20_000 });
      await leave(sent, n);
    }
    await expect.poll(() => hasAllRoom(port)).toBe(true);
  });
});

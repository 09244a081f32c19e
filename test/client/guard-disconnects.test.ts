import { EventEmitter } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve as serveHono } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { admitted, type Guard } from '../../client/guard/index.ts';
import { whenHandlerEnded } from '../../client/guard/node.ts';
import { admittingGuard, BODY, HOST, newOrder, ROOM } from '../harness/admitting-guard.ts';
import { rawConnection } from '../harness/raw.ts';

/** Handlers that have begun and not ended. */
const working: (() => void)[] = [];
const work = () => new Promise<void>((resolve) => void working.push(resolve));
function endAll(): void {
  for (const end of working.splice(0)) end();
}

const servers: Server[] = [];
afterEach(() => {
  endAll();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
async function portOf(server: Server): Promise<number> {
  servers.push(server);
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}
const listen = (server: Server) => portOf(server.listen(0, '127.0.0.1'));
const onHono = (fetch: (request: Request) => Response | Promise<Response>) =>
  portOf(serveHono({ fetch, port: 0, hostname: '127.0.0.1' }) as Server);

async function onFastify(
  answer: (by: object, reply: { send(body: string): unknown }) => unknown,
  guard: Guard,
) {
  const app = fastify();
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/', { preParsing: guard.fastify({}) }, answer);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return portOf(app.server);
}

function onExpress(guard: Guard, handler: express.RequestHandler) {
  const app = express();
  app.set('env', 'test');
  app.post('/', guard.express({}), handler);
  return listen(createServer(app));
}

/** A handler of each framework that answers when `work` ends. */
const WAYS: Readonly<Record<string, (guard: Guard) => Promise<number>>> = {
  'node:http, a promise': (guard) =>
    listen(
      createServer(
        guard.node({}, async (_request, response) => {
          await work();
          response.end('done');
        }),
      ),
    ),
  'node:http, a callback': (guard) =>
    listen(
      createServer(
        guard.node({}, (_request, response) => {
          void work().then(() => response.end('done'));
        }),
      ),
    ),
  'Express, a promise': (guard) =>
    onExpress(guard, async (_request, response) => {
      await work();
      response.json('done');
    }),
  'Express, a callback': (guard) =>
    onExpress(guard, (_request, response) => {
      void work().then(() => response.end('done'));
    }),
  'Express, an error': (guard) =>
    onExpress(guard, async () => {
      await work();
      throw new Error('of the handler');
    }),
  'Fastify, a promise': (guard) =>
    onFastify(async (request) => {
      await work();
      return String(admitted(request).body.byteLength);
    }, guard),
  'Fastify, a callback': (guard) =>
    onFastify((_request, reply) => {
      void work().then(() => reply.send('done'));
    }, guard),
  'Fastify, an error': (guard) =>
    onFastify(async () => {
      await work();
      throw new Error('of the handler');
    }, guard),
  Koa: (guard) => {
    const app = new Koa();
    app.use(guard.koa({}));
    app.use(async (context) => {
      await work();
      context.body = 'done';
    });
    return listen(createServer(app.callback()));
  },
  'Hono on Node': (guard) => {
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

/** Sends an order. @returns its status, and what makes its sender leave */
async function order(port: number) {
  const signed = await newOrder();
  const headers = { ...Object.fromEntries(signed.headers), host: HOST, 'content-length': BODY.length };
  const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/', headers, agent: false });
  const status = new Promise<number | 'left'>((resolve) => {
    sent.on('response', (response) => resolve(response.resume().statusCode ?? 0));
    sent.on('error', () => resolve('left'));
  });
  sent.end(BODY);
  return { status, leave: () => sent.destroy() };
}

/** Callers who leave as soon as their handler works. @returns how many handlers worked when one was refused */
async function leaveUntilFull(port: number, server: Server): Promise<number> {
  for (let calls = 1; calls <= 3 * ROOM; calls++) {
    const { status, leave } = await order(port);
    const refused = await Promise.race([
      status.then((code) => code === 503),
      vi.waitUntil(() => working.length === calls, { timeout: 20_000 }).then(() => false),
    ]);
    if (refused) return working.length;
    leave();
    await vi.waitUntil(async () => (await connectionsOf(server)) === 0, { timeout: 20_000 });
  }
  return Number.POSITIVE_INFINITY;
}
const connectionsOf = (server: Server) =>
  new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));

describe.each(Object.entries(WAYS))('S11: callers who disconnect while a handler works: %s', (_, serve) => {
  it('get their share back when the handler has ended, and not before', async () => {
    const port = await serve(admittingGuard());
    expect(await leaveUntilFull(port, servers[0] as Server)).toBe(ROOM);
    endAll();
    const orders = await Promise.all(Array.from({ length: ROOM }, () => order(port)));
    await vi.waitUntil(() => working.length === ROOM, { timeout: 20_000 });
    endAll();
    expect(await Promise.all(orders.map(({ status }) => status))).not.toContain(503);
  });
});

describe.each(Object.entries(WAYS))('S11: callers who disconnect with pipelined requests: %s', (_, serve) => {
  it('get their share back when the handlers have ended', async () => {
    const port = await serve(admittingGuard());
    const texts = await Promise.all(
      Array.from({ length: ROOM }, async () => {
        const { headers } = await newOrder();
        const lines = [...headers, ['host', HOST], ['content-length', String(BODY.length)]];
        return `POST / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${BODY}`;
      }),
    );
    const connection = await rawConnection(port);
    connection.socket.write(texts.join(''));
    await vi.waitUntil(() => working.length === ROOM, { timeout: 20_000 });
    connection.socket.destroy();
    await vi.waitUntil(async () => (await connectionsOf(servers[0] as Server)) === 0, { timeout: 20_000 });
    endAll();
    const orders = await Promise.all(Array.from({ length: ROOM }, () => order(port)));
    await vi.waitUntil(() => working.length === ROOM, { timeout: 20_000 });
    endAll();
    expect(await Promise.all(orders.map(({ status }) => status))).not.toContain(503);
  });
});

const FIVE_MINUTES = 300_000;

describe.each(Object.entries(WAYS))(
  'S11: handlers that never end after their callers have left: %s',
  (_, serve) => {
    it('count as ended after five minutes', async () => {
      const over: (() => void)[] = [];
      const { setTimeout: start } = globalThis;
      vi.spyOn(globalThis, 'setTimeout').mockImplementation(((callback: () => void, ms?: number) => {
        if (ms !== FIVE_MINUTES) return start(callback, ms);
        over.push(callback);
        return start(() => {}, 0);
      }) as typeof setTimeout);
      try {
        const port = await serve(admittingGuard());
        expect(await leaveUntilFull(port, servers[0] as Server)).toBe(ROOM);
        for (const end of over.splice(0)) end();
        const begun = working.length;
        const orders = await Promise.all(Array.from({ length: ROOM }, () => order(port)));
        await vi.waitUntil(() => working.length === begun + ROOM, { timeout: 20_000 });
        endAll();
        expect(await Promise.all(orders.map(({ status }) => status))).not.toContain(503);
      } finally {
        vi.restoreAllMocks();
      }
    });
  },
);

it('S11: a handler that never ends the response of a disconnected caller keeps its share for five minutes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const response = Object.assign(new EventEmitter(), {
    closed: false,
    destroyed: false,
    writableEnded: false,
    end: vi.fn(),
  });
  const released = vi.fn();
  whenHandlerEnded(response, released);
  response.emit('close');
  await vi.advanceTimersByTimeAsync(5 * 60_000 - 1);
  expect(released).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(released).toHaveBeenCalledOnce();
  vi.useRealTimers();
});

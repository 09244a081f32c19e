import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve as serveHono } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Guard } from '../../client/guard/index.ts';
import { peerAddress } from '../../client/guard/peer-address.ts';
import { admittingGuard, BODY, HOST, newOrder } from '../harness/admitting-guard.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
async function listening(server: Server): Promise<Server> {
  servers.push(server);
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  return server;
}
const listen = (server: Server) => listening(server.listen(0, '127.0.0.1'));

/** What runs before the guard: it reads no address, and is slow. */
type Before = (request: IncomingMessage) => Promise<void>;

const WAYS: Readonly<Record<string, (guard: Guard, before: Before) => Promise<Server>>> = {
  'node:http': (guard, before) => {
    const handler = guard.node({}, (_request, response) => response.end());
    return listen(
      createServer(async (asked, response) => {
        await before(asked);
        await handler(asked, response);
      }),
    );
  },
  Express: (guard, before) => {
    const app = express();
    app.use((asked, _response, next) => void before(asked).then(() => next()));
    app.post('/', guard.express({}), (_request, response) => void response.end());
    return listen(createServer(app));
  },
  Koa: (guard, before) => {
    const app = new Koa();
    app.silent = true;
    app.use(async ({ req }, next) => {
      await before(req);
      await next();
    });
    app.use(guard.koa({}));
    return listen(createServer(app.callback()));
  },
  Fastify: async (guard, before) => {
    const app = fastify();
    app.addHook('onRequest', ({ raw }) => before(raw));
    app.post('/', { preParsing: guard.fastify({}) }, () => '');
    await app.listen({ port: 0, host: '127.0.0.1' });
    return listening(app.server);
  },
  'Hono on Node': (guard, before) => {
    const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>();
    app.use(async ({ env }, next) => {
      await before(env.incoming);
      await next();
    });
    app.use(guard.hono({}));
    app.post('/', (c) => c.text(''));
    return listening(serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server);
  },
};

/** Sends an order, and cuts its connection when the server has begun with it. */
async function sendAndCut(server: Server, at: object, arrived: Promise<void>): Promise<void> {
  const signed = await newOrder();
  const headers = { ...Object.fromEntries(signed.headers), host: HOST, 'content-length': BODY.length };
  const sent = request({ ...at, method: 'POST', path: '/', headers, agent: false });
  sent.on('error', () => {});
  sent.end(BODY);
  await arrived;
  sent.socket?.resetAndDestroy();
  await new Promise<void>((resolve) => server.getConnections(() => resolve()));
}

describe.each(Object.entries(WAYS))('F9: a connection that is cut before the guard: %s', (_, serve) => {
  it('sends Keyseal nothing, and is not reported as a runtime without addresses', async () => {
    const onError = vi.fn();
    const fetch = vi.fn();
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    let passed = () => {};
    const over = new Promise<void>((resolve) => {
      passed = resolve;
    });
    const server = await serve(admittingGuard({ onError, fetch }), async (asked) => {
      const closed = new Promise((resolve) => asked.socket.once('close', resolve));
      arrive();
      await closed;
      setImmediate(passed);
    });
    await sendAndCut(server, { port: (server.address() as AddressInfo).port, host: '127.0.0.1' }, arrived);
    await over;
    // Another turn of the loop: the guard has checked the request by then.
    await new Promise((resolve) => setImmediate(resolve));
    expect(onError).not.toHaveBeenCalled();
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe('F9: the address of a peer', () => {
  it.each([
    ['that Node has closed', { destroyed: true }],
    ['that the system has reset, before Node knows', { destroyed: false, localAddress: '127.0.0.1' }],
  ])('makes the guard refuse a connection %s', (_, socket) => {
    expect(() => peerAddress(socket)).toThrow('The connection was cut.');
  });

  it('is missing on a Unix socket, which is reported', async () => {
    const onError = vi.fn();
    const guard = admittingGuard({ onError });
    const server = createServer(guard.node({}, (_request, response) => response.end('done')));
    const socketPath = join(tmpdir(), `guard-cut-${process.pid}.sock`);
    await listening(server.listen(socketPath));
    const signed = await newOrder();
    const headers = { ...Object.fromEntries(signed.headers), host: HOST, 'content-length': BODY.length };
    const status = await new Promise((resolve, reject) => {
      const sent = request({ socketPath, method: 'POST', path: '/', headers, agent: false }, (response) => {
        resolve(response.resume().statusCode);
      });
      sent.on('error', reject);
      sent.end(BODY);
    });
    expect(status).toBe(200);
    expect(onError).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ message: expect.stringContaining('does not show the address') }),
    );
  });
});

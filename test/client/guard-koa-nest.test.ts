import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Router from '@koa/router';
import { Controller, type MiddlewareConsumer, Module, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import express from 'express';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { admitted, createGuard, type Guard } from '../../client/guard/index.ts';
import { guardAttacks, ORDER, order } from '../harness/guard-attacks.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, type Draft, send, sign } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let key: Credentials;
let guard: Guard;
const errors: unknown[] = [];
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:read,orders:write' } });
  ada = await signUp(service);
  key = await createKey(service, ada, { permissions: ['orders:write'] });
  const { apiKey, signingSecret } = await verifyingKey(service, ada);
  guard = createGuard({
    url: service.url,
    apiKey: apiKey ?? '',
    signingSecret,
    authority: ORDERS,
    onError: (error) => errors.push(error),
  });
});
afterAll(() => service.stop());
afterEach(async () => {
  errors.length = 0;
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const requirements = { permission: 'orders:write' };

async function listening(server: Server): Promise<number> {
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const urlEncoded = (): Draft =>
  sign(key, '/orders', {
    ...{
      authority: ORDERS,
      method: 'POST',
      contentType: 'application/x-www-form-urlencoded',
      body: 'text=a+b',
    },
  });

async function refusesEveryAttack(port: number): Promise<void> {
  for (const [what, answered, draft] of guardAttacks(() => ({ service, ada, key }), 1024 * 1024)) {
    const { status, reason, headers } = await send(port, await draft());
    const expected = typeof answered === 'string' ? `^${answered}$` : answered.source;
    expect(`${status} ${reason}`, what).toMatch(new RegExp(expected));
    expect(headers['x-request-id'], what).toMatch(/./);
  }
}

/** The service of a test: `/orders`, guarded, answers by whom it was called and with what. */
const SERVICES: Readonly<Record<string, () => Promise<number>>> = {
  Koa: () => {
    const router = new Router({ prefix: '/orders' });
    router.all('/', guard.koa(requirements), bodyParser(), (context) => {
      context.body = { by: admitted(context).caller.key?.id, body: context.request.body };
    });
    return listening(createServer(new Koa().use(router.routes()).callback()));
  },

  'Nest on Express': async () => {
    const app = await NestFactory.create<NestExpressApplication>(ordersModule(), new ExpressAdapter(), {
      logger: false,
    });
    stops.push(() => app.close());
    app.use('/orders', guard.express(requirements));
    await app.listen(0, '127.0.0.1');
    return (app.getHttpServer().address() as AddressInfo).port;
  },

  'Nest on Express, where the guard is a middleware of a module': async () => {
    const app = await NestFactory.create<NestExpressApplication>(
      ordersModule((consumer) => consumer.apply(guard.express(requirements)).forRoutes('orders')),
      new ExpressAdapter(),
      { logger: false, rawBody: true },
    );
    app.useBodyParser('json', { limit: '2mb' });
    stops.push(() => app.close());
    await app.listen(0, '127.0.0.1');
    return (app.getHttpServer().address() as AddressInfo).port;
  },

  'Nest on Fastify': async () => {
    const adapter = new FastifyAdapter({ bodyLimit: 2 * 1024 * 1024 });
    const app = await NestFactory.create<NestFastifyApplication>(ordersModule(), adapter, { logger: false });
    stops.push(() => app.close());
    adapter.getInstance().addHook('preParsing', guard.fastify(requirements));
    await app.listen(0, '127.0.0.1');
    return (app.getHttpServer().address() as AddressInfo).port;
  },
};

/** The decorators of Nest, called as functions. */
function ordersModule(configure: (consumer: MiddlewareConsumer) => void = () => {}) {
  class Orders {
    create(request: { readonly body: unknown }) {
      return { by: admitted(request).caller.key?.id, body: request.body };
    }
  }
  const method = Object.getOwnPropertyDescriptor(Orders.prototype, 'create') as PropertyDescriptor;
  Req()(Orders.prototype, 'create', 0);
  Post()(Orders.prototype, 'create', method);
  Controller('orders')(Orders);
  class App {
    configure(consumer: MiddlewareConsumer) {
      configure(consumer);
    }
  }
  Module({ controllers: [Orders] })(App);
  return App;
}

describe.each(Object.entries(SERVICES))('C13: the guard of %s', (_name, serve) => {
  it('admits a call once, with its body', async () => {
    const port = await serve();
    const draft = order(key);
    const answer = await send(port, draft);
    expect(answer.json).toEqual({ by: key.id, body: ORDER });
    expect((await send(port, draft)).reason).toBe('SIGNATURE_REPLAYED');
    expect(errors).toEqual([]);
  });

  it('leaves a form to the parser of the framework', async () => {
    const answer = await send(await serve(), urlEncoded());
    expect(answer.json).toEqual({ by: key.id, body: { text: 'a b' } });
  });

  it('refuses every attack in Keyseal’s form', async () => {
    await refusesEveryAttack(await serve());
  });
});

describe('C13: bytes that were read before the guard', () => {
  const serve = (rawBody: (bytes: Buffer) => unknown) => {
    const app = express();
    app.use(async (request, _response, next) => {
      const bytes = Buffer.from(await text(request));
      const isPlain = request.headers['content-encoding'] === undefined;
      const body = isPlain ? JSON.parse(bytes.toString()) : null;
      Object.assign(request, { rawBody: rawBody(bytes), body });
      next();
    });
    app.all('/orders', guard.express(requirements), (request, response) => {
      response.json({ by: admitted(request).caller.key?.id, body: request.body });
    });
    return listening(createServer(app));
  };

  it('are verified if the platform keeps them in rawBody, as cloud functions do', async () => {
    const port = await serve((bytes) => bytes);
    expect((await send(port, order(key))).json).toEqual({ by: key.id, body: ORDER });
    await refusesEveryAttack(port);
  });

  it('are answered with 500 if no rawBody has them', async () => {
    for (const kept of [() => undefined, (bytes: Buffer) => bytes.toString()]) {
      expect((await send(await serve(kept), order(key))).status).toBe(500);
    }
    expect(String(errors[0])).toMatch(/before the guard/);
  });

  it('reach the handler, whatever the body was parsed to', async () => {
    const app = express();
    app.use(async (request, _response, next) => {
      const rawBody = Buffer.from(await text(request));
      Object.assign(request, { rawBody, body: { text: 'another', n: 9 } });
      next();
    });
    app.post('/orders', guard.express(requirements), (request, response) => void response.json(request.body));
    expect((await send(await listening(createServer(app)), order(key))).json).toEqual(ORDER);
  });
});

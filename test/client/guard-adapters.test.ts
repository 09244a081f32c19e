import { configure } from '@codegenie/serverless-express';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { fetchNodeHandler } from 'srvx/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admitted, createGuard, type Guard } from '../../client/guard/index.ts';
import { createKey, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, sign } from '../harness/wire.ts';

const BODY = '{"item":"milk"}';
const DENIED = '{"item":"beer"}';

let service: TestService;
let key: Credentials;
let guard: Guard;
const errors: unknown[] = [];

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:write' } });
  const ada = await signUp(service);
  key = await createKey(service, ada, { permissions: ['orders:write'] });
  const { apiKey, signingSecret } = await verifyingKey(service, ada);
  guard = createGuard({
    ...{ url: service.url, apiKey: apiKey ?? '', signingSecret, authority: ORDERS },
    onError: (error) => errors.push(error),
  });
});
afterAll(() => service.stop());

type Headers = Record<string, string>;
/** How an application answered. */
type Answer = readonly [status: number, json: unknown];
type Send = (target: string, headers: Headers, body: string) => Promise<Answer>;

function expressApp() {
  const app = express();
  app.use(guard.express({ permission: 'orders:write' }), express.json(), (request, response) => {
    response.json([request.body, admitted(request).caller.key?.id]);
  });
  return app;
}

/** Adapters that call an application without a Node server: with requests that they make themselves. */
const ADAPTERS: Readonly<Record<string, () => Send>> = {
  'inject of Fastify': () => {
    const app = fastify();
    const options = { preParsing: guard.fastify({ permission: 'orders:write' }) };
    app.post('/orders', options, async (request) => [request.body, admitted(request).caller.key?.id]);
    return async (url, headers, payload) => {
      const answer = await app.inject({ method: 'POST', url, headers, payload });
      return [answer.statusCode, answer.json()];
    };
  },
  'inject of Fastify before the listener of Hono': () => {
    const app = new Hono();
    app.post('/orders', guard.hono({ permission: 'orders:write' }), async (context) =>
      context.json([await context.req.json(), admitted(context).caller.key?.id]),
    );
    const listener = getRequestListener(app.fetch);
    const front = fastify();
    front.removeAllContentTypeParsers();
    front.addContentTypeParser('*', (_request, _payload, done) => done(null));
    front.post('/orders', (request, reply) => {
      reply.hijack();
      void listener(request.raw, reply.raw);
    });
    return async (url, headers, payload) => {
      const answer = await front.inject({ method: 'POST', url, headers, payload });
      return [answer.statusCode, answer.json()];
    };
  },
  '@codegenie/serverless-express': () => {
    const handle = configure({ app: expressApp() });
    return async (target, headers, body) => {
      const [rawPath = '', rawQueryString = ''] = target.split('?');
      const http = { method: 'POST', path: rawPath, sourceIp: '203.0.113.7' };
      const requestContext = { http, stage: '$default', domainName: ORDERS };
      const event = {
        version: '2.0',
        routeKey: '$default',
        rawPath,
        rawQueryString,
        headers,
        requestContext,
      };
      const answer = await handle({ ...event, body, isBase64Encoded: false }, {} as never, () => {});
      return [answer.statusCode, JSON.parse(answer.body)];
    };
  },
  'fetchNodeHandler of srvx': () => async (target, headers, body) => {
    const request = new Request(`http://${ORDERS}${target}`, { method: 'POST', headers, body });
    const answer = await fetchNodeHandler(expressApp(), request);
    return [answer.status, await answer.json()];
  },
};

describe.each(Object.entries(ADAPTERS))('C2: a guard behind %s', (_, adapter) => {
  const signed = (target: string): Headers => {
    const draft = sign(key, target, {
      authority: ORDERS,
      method: 'POST',
      contentType: 'application/json',
      body: BODY,
    });
    return { ...Object.fromEntries(draft.headers), host: ORDERS };
  };

  it.each(['/orders', '/orders?q=milk%20and%20bread'])('admits a signed request once: %s', async (target) => {
    const send = adapter();
    const headers = signed(target);
    const answer = await send(target, headers, BODY);
    expect(answer).toEqual([200, [{ item: 'milk' }, key.id]]);
    // Only srvx has no address of the caller.
    expect(errors.splice(0).filter((error) => !String(error).includes('address'))).toEqual([]);
    expect(await send(target, headers, BODY)).toMatchObject([
      401,
      { error: { data: { reason: 'SIGNATURE_REPLAYED' } } },
    ]);
  });

  it('refuses a changed body, and a request without a signature', async () => {
    const send = adapter();
    const headers = signed('/orders');
    expect(await send('/orders', headers, DENIED)).toMatchObject([
      401,
      { error: { data: { reason: 'SIGNATURE_INVALID' } } },
    ]);
    const { 'x-signature': _, ...unsigned } = headers;
    expect(await send('/orders', unsigned, BODY)).toMatchObject([401, {}]);
  });
});

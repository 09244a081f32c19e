import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGuard, type Guard } from '../../client/guard/index.ts';
import { createKey, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let service: TestService;
let key: Credentials;
let guard: Guard;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:write' } });
  const ada = await signUp(service);
  key = await createKey(service, ada, { permissions: ['orders:write'] });
  const { apiKey, signingSecret } = await verifyingKey(service, ada);
  const options = { url: service.url, apiKey: apiKey ?? '', signingSecret, authority: ORDERS };
  guard = createGuard({ ...options, basePath: '/shop' });
});
afterAll(() => service.stop());
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function listening(handler: RequestListener): Promise<number> {
  const server = createServer(handler);
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Answers with the target that the handler sees. */
const WAYS: Readonly<Record<string, () => Promise<(signed: string, sent: string) => Promise<unknown>>>> = {
  Express: async () => {
    const app = express();
    app.use(guard.express({ permission: 'orders:write' }), (request, response) => {
      response.json(request.originalUrl);
    });
    const port = await listening(app);
    return async (signed, sent) => {
      const { json, reason } = await send(port, {
        ...sign(key, signed, { authority: ORDERS }),
        target: sent,
      });
      return reason ?? json;
    };
  },
  fetch: async () => {
    const handler = guard.fetch({ permission: 'orders:write' }, ({ url }) =>
      Response.json(new URL(url).pathname + new URL(url).search),
    );
    return async (signed, sent) => {
      const draft = sign(key, signed, { authority: ORDERS });
      const headers = draft.headers.map(([name, value]): [string, string] => [name, value]);
      const json = await (await handler(new Request(`https://${ORDERS}${sent}`, { headers }))).json();
      return json?.error?.data.reason ?? json;
    };
  },
};

describe.each(Object.entries(WAYS))(
  'B7: the guard of %s below a base path that is taken off the target',
  (_, serve) => {
    it('verifies the target that the caller signed', async () => {
      const call = await serve();
      expect(await call('/shop/orders?q=a%20b', '/orders?q=a%20b')).toBe('/orders?q=a%20b');
      // A runtime of the fetch standard encodes it.
      expect(
        await call("/shop/orders?q=it's", _ === 'fetch' ? '/orders?q=it%27s' : "/orders?q=it's"),
      ).toMatch(/^\/orders/);
    });

    it.each(['/orders', '/shop', '/shop/shop/orders', '/Shop/orders', '/shop/orders/'])(
      'refuses what was signed as %s',
      async (signed) => {
        expect(await (await serve())(signed, '/orders')).toBe('SIGNATURE_INVALID');
      },
    );
  },
);

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admitted, createGuard, type Guard } from '../../client/guard/index.ts';
import { createKey, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, type Draft, send, sign } from '../harness/wire.ts';

type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => unknown;

/** As the chain of Restify 11 calls a middleware: what returns a promise is done when that is kept, whatever it has called. */
function callAsRestify(middleware: Middleware, handler: (request: IncomingMessage) => string) {
  if (middleware.constructor.name === 'AsyncFunction') throw new TypeError('accepts next, but is async');
  return createServer((request, response) => {
    const { writeHead } = response;
    // Its own returns nothing.
    Object.assign(response, {
      writeHead: (...args: unknown[]) => void Reflect.apply(writeHead, response, args),
    });
    const next = () => void response.end(handler(request));
    const result = middleware(request, response, next);
    if (result instanceof Promise) result.then(next, next);
  });
}

describe('C2: a framework that waits for the promise of a middleware', () => {
  let service: TestService;
  let key: Credentials;
  let guard: Guard;
  const handled: unknown[] = [];
  const servers: ReturnType<typeof createServer>[] = [];

  beforeAll(async () => {
    service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:write' } });
    const ada = await signUp(service);
    key = await createKey(service, ada, { permissions: ['orders:write'] });
    const { apiKey, signingSecret } = await verifyingKey(service, ada);
    guard = createGuard({ url: service.url, apiKey: apiKey ?? '', signingSecret, authority: ORDERS });
  });
  afterAll(async () => {
    for (const server of servers) server.closeAllConnections();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    await service.stop();
  });

  async function call(change: (draft: Draft) => Draft) {
    const server = callAsRestify(guard.express({ permission: 'orders:write' }), (request) => {
      handled.push(request.url);
      return String(admitted(request).caller.key?.id);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const draft = sign(key, '/orders', { body: '{"item":"milk"}', authority: ORDERS });
    return send((server.address() as AddressInfo).port, change(draft));
  }

  it('has the handler called once for a call that is admitted', async () => {
    const { status, text } = await call((draft) => draft);
    expect([status, text, handled.splice(0)]).toEqual([200, key.id, ['/orders']]);
  });

  it('does not reach the handler with one that is refused, and answers it', async () => {
    const { status, reason } = await call((draft) => ({ ...draft, body: Buffer.from('{"item":"beer"}') }));
    expect([status, reason, handled]).toEqual([401, 'SIGNATURE_INVALID', []]);
  });
});

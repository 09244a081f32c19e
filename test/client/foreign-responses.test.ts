import type { ServerResponse } from 'node:http';
import { TRPCClientError } from '@trpc/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createKeysealClient,
  type KeysealClient,
  KeysealHttpError,
  KeysealRefusal,
} from '../../client/index.ts';
import { type Answer, answerWith, KEY, recorder, refuseWith } from '../harness/recorder.ts';

const { apiKey, signingSecret } = KEY;
let server: Awaited<ReturnType<typeof recorder>>;
let answer: Answer;
let client: KeysealClient;

beforeAll(async () => {
  server = await recorder((...args) => answer(...args));
  client = createKeysealClient({ url: server.url, apiKey, signingSecret });
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
});

const PAGE = '<html><head><title>413 Request Entity Too Large</title></head></html>';
const page = (status: number, headers: Record<string, string> = {}, body = PAGE): Answer =>
  ((_: unknown, response: ServerResponse) =>
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body)) as Answer;

/** Each way in which a client sends a call. */
const WAYS: readonly [string, (client: KeysealClient) => Promise<unknown>][] = [
  ['a query', ({ exemple }) => exemple.query()],
  ['a batch', ({ exemple, whoami }) => Promise.all([exemple.query(), whoami.query()])],
  ['a mutation', ({ echo }) => echo.mutate({ text: 'x' })],
  ['an upload', ({ upload }) => upload.mutate(new Uint8Array(8))],
  ['a public call', ({ health }) => health.query()],
  ['a call of its own', ({ audit }) => audit.verify.query({})],
];

async function errorOf(call: Promise<unknown>): Promise<KeysealHttpError> {
  const error = await call.catch((caught: unknown) => caught);
  if (error instanceof KeysealHttpError) return error;
  throw new Error(`not a KeysealHttpError: ${error}`);
}

describe('B8: an answer that is not Keyseal’s', () => {
  it.each(WAYS)('to %s rejects with its status and content type', async (_, call) => {
    for (const status of [200, 400, 401, 403, 404, 413, 500, 502, 503, 504]) {
      answer = page(status);
      const error = await errorOf(call(client));
      expect(error).toBeInstanceOf(TRPCClientError);
      expect([error.status, error.contentType, error.location]).toEqual([status, 'text/html', null]);
      expect(error.message).toContain(`HTTP ${status} with text/html`);
      expect(error.message).not.toMatch(/Unexpected|JSON/);
    }
  });

  it.each([
    ['another program’s JSON', '{"message":"Forbidden"}'],
    [
      'an error of another tRPC',
      '{"error":{"message":"m","code":-32603,"data":{"code":"INTERNAL_SERVER_ERROR"}}}',
    ],
    ['JSON that was cut short', '[{"result":{"data":'],
    ['nothing', ''],
    ['null', 'null'],
    ['an empty list', '[]'],
  ])('to %s rejects in the same way', async (_, body) => {
    answer = page(403, { 'content-type': 'application/json' }, body);
    const error = await errorOf(client.exemple.query());
    expect([error.status, error.contentType]).toEqual([403, 'application/json']);
  });

  it('without a content type rejects in the same way', async () => {
    answer = (_, response) => response.writeHead(431).end();
    const { status, contentType, message } = await errorOf(client.exemple.query());
    expect([status, contentType]).toEqual([431, null]);
    expect(message).toContain('HTTP 431 with no content type');
  });

  it('has the time after which to retry', async () => {
    answer = page(503, { 'retry-after': '7' });
    expect((await errorOf(client.exemple.query())).retryAfter).toBe(7);
    answer = page(503, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() });
    expect((await errorOf(client.exemple.query())).retryAfter).toBeGreaterThan(0);
    answer = page(503, { 'retry-after': 'soon' });
    expect((await errorOf(client.exemple.query())).retryAfter).toBeNull();
  });

  it.each(WAYS)(
    'a redirect of %s names its target without the query, and is not followed',
    async (_, call) => {
      for (const status of [301, 302, 303, 307, 308]) {
        server.received.length = 0;
        answer = page(status, { location: `${server.url}/elsewhere?input=1` });
        const error = await errorOf(call(client));
        expect([error.status, error.location]).toEqual([status, `${server.url}/elsewhere`]);
        expect(error.message).toContain(`${server.url}/elsewhere`);
        expect(error.message).not.toContain('input=1');
        expect(server.received.filter(({ target }) => target.startsWith('/elsewhere'))).toEqual([]);
      }
    },
  );

  it('a redirect whose target a browser hides counts as such an answer', async () => {
    const hidden = Object.defineProperties(new Response(null), {
      type: { value: 'opaqueredirect' },
      status: { value: 0 },
    });
    const options = { url: server.url, apiKey, signingSecret, fetch: async () => hidden };
    const error = await errorOf(createKeysealClient(options).exemple.query());
    expect([error.status, error.location]).toEqual([0, null]);
    expect(error.message).toContain('The service redirects.');
  });

  it('the next call is not affected', async () => {
    answer = page(502);
    await errorOf(client.exemple.query());
    answer = answerWith({ message: 'Hello' });
    expect(await client.exemple.query()).toEqual({ message: 'Hello' });
  });
});

it('a refusal also has its HTTP status', async () => {
  answer = refuseWith(403, 'PERMISSION_DENIED');
  const error = await client.exemple.query().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(KeysealRefusal);
  expect(error).toMatchObject({ status: 403, reason: 'PERMISSION_DENIED' });
});

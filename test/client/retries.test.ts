import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKeysealClient, type KeysealClient } from '../../client/index.ts';
import { type Answer, answerWith, isSigned, KEY, recorder, refuseWith } from '../harness/recorder.ts';

const { apiKey, signingSecret } = KEY;
let server: Awaited<ReturnType<typeof recorder>>;
/** What fails, before everything succeeds. */
let failures: Answer[] = [];

beforeAll(async () => {
  server = await recorder((request, response, nth) =>
    (failures.shift() ?? answerWith({ ok: true }))(request, response, nth),
  );
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
});

/** Waits no longer than a tenth of a second. */
const retry = { attempts: 3, maxDelay: 100 };
const clientOf = (more: object = { retry }): KeysealClient =>
  createKeysealClient({ url: server.url, apiKey, signingSecret, ...more });

const query = ({ exemple }: KeysealClient) => exemple.query();
const mutation = ({ echo }: KeysealClient) => echo.mutate({ text: 'x' });
const idempotent = ({ keys }: KeysealClient) =>
  keys.create.mutate({ name: 'n', environment: 'test', permissions: [], idempotencyKey: 'once' });

const proxyPage =
  (status: number): Answer =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>');
const cut: Answer = (_, response) => void response.destroy();
const now = { retryAfter: 0 };

/** How often a call is sent that fails once in this way. */
async function sendings(failure: Answer, call: (client: KeysealClient) => Promise<unknown>): Promise<number> {
  server.received.length = 0;
  failures = [failure];
  await call(clientOf()).catch(() => {});
  failures = [];
  return server.received.length;
}

describe('a client that retries', () => {
  it.each<[string, Answer, query: number, mutation: number, idempotent: number]>([
    // The service had recorded the nonce of what it refused, so no other copy of the request was accepted.
    ['RATE_LIMITED', refuseWith(429, 'RATE_LIMITED', now), 2, 2, 2],
    ['RATE_LIMITED without a pause', refuseWith(429, 'RATE_LIMITED'), 2, 2, 2],
    ['CREDITS_EXHAUSTED with a refill', refuseWith(429, 'CREDITS_EXHAUSTED', now), 2, 2, 2],
    // This copy was not carried out, but another one may have been.
    ['TOO_MANY_FAILURES', refuseWith(429, 'TOO_MANY_FAILURES', now), 2, 1, 2],
    ['UNAVAILABLE with a pause', refuseWith(503, 'UNAVAILABLE', now), 2, 1, 2],
    // It may have been carried out.
    ['UNAVAILABLE', refuseWith(503, 'UNAVAILABLE'), 2, 1, 2],
    ['a proxy’s 502', proxyPage(502), 2, 1, 2],
    ['a proxy’s 503', proxyPage(503), 2, 1, 2],
    ['a proxy’s 504', proxyPage(504), 2, 1, 2],
    ['a proxy’s 429', proxyPage(429), 2, 1, 2],
    ['B1: a proxy’s 425', proxyPage(425), 2, 1, 2],
    ['B1: Cloudflare’s 520', proxyPage(520), 2, 1, 2],
    ['B1: Cloudflare’s 524', proxyPage(524), 2, 1, 2],
    ['B1: Cloudflare’s 530', proxyPage(530), 2, 1, 2],
    ['a connection that was cut', cut, 2, 1, 2],
    // Time changes nothing.
    ['CREDITS_EXHAUSTED without a refill', refuseWith(429, 'CREDITS_EXHAUSTED'), 1, 1, 1],
    ['a pause that is too long', refuseWith(429, 'RATE_LIMITED', { retryAfter: 1 }), 1, 1, 1],
    ['PERMISSION_DENIED', refuseWith(403, 'PERMISSION_DENIED'), 1, 1, 1],
    ['INPUT_INVALID', refuseWith(400, 'INPUT_INVALID'), 1, 1, 1],
    ['CONFLICT', refuseWith(409, 'CONFLICT'), 1, 1, 1],
    ['INTERNAL', refuseWith(500, 'INTERNAL'), 1, 1, 1],
    ['a proxy’s 413', proxyPage(413), 1, 1, 1],
    ['a proxy’s 403', proxyPage(403), 1, 1, 1],
  ])(
    'sends a query, a mutation, and one with an idempotency key a fixed number of times after %s',
    async (_, failure, ...expected) => {
      const sent = [];
      for (const call of [query, mutation, idempotent]) sent.push(await sendings(failure, call));
      expect(sent).toEqual(expected);
    },
  );

  it('signs each attempt, with a new nonce', async () => {
    await sendings(refuseWith(429, 'RATE_LIMITED', now), mutation);
    const signatures = server.received.map(({ headers }) => headers['x-signature']);
    expect(new Set(signatures.map((text) => /n=([^,]+)/.exec(String(text))?.[1])).size).toBe(2);
    expect(server.received.map((request) => isSigned(request))).toEqual([true, true]);
  });

  it('returns the last answer, and stops after its attempts', async () => {
    const limited = refuseWith(429, 'RATE_LIMITED', now);
    failures = [limited, limited];
    expect(await query(clientOf())).toEqual({ ok: true });
    expect(server.received).toHaveLength(3);
    failures = [limited, limited, limited, limited];
    await expect(query(clientOf())).rejects.toMatchObject({ reason: 'RATE_LIMITED' });
    expect([server.received.length, failures.length]).toEqual([6, 1]);
    failures = [];
  });

  it('sends only the refused call of a batch again', async () => {
    const refusal = { message: 'm', code: -32029, data: { httpStatus: 429, reason: 'RATE_LIMITED', ...now } };
    failures = [
      (_, response) => {
        response.writeHead(207, { 'content-type': 'application/json' });
        response.end(JSON.stringify([{ result: { data: { ok: 1 } } }, { error: refusal }]));
      },
    ];
    const { echo } = clientOf();
    const answers = await Promise.all([echo.mutate({ text: 'a' }), echo.mutate({ text: 'b' })]);
    expect(answers).toEqual([{ ok: 1 }, { ok: true }]);
    expect(server.received.map(({ body }) => JSON.parse(String(body)))).toEqual([
      { 0: { text: 'a' }, 1: { text: 'b' } },
      { 0: { text: 'b' } },
    ]);
  });

  it('stops waiting once its caller has aborted', async () => {
    const left = new AbortController();
    failures = [
      (...args) => {
        refuseWith(429, 'RATE_LIMITED', { retryAfter: 5 })(...args);
        setTimeout(() => left.abort(), 20);
      },
    ];
    const client = clientOf({ retry: { attempts: 3, maxDelay: 60_000 } });
    const calling = client.exemple.query(undefined, { signal: left.signal });
    await expect(calling).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.received).toHaveLength(1);
  });

  it('retries only if its option says so', async () => {
    failures = [refuseWith(503, 'UNAVAILABLE', now)];
    await expect(query(clientOf({}))).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    expect(server.received).toHaveLength(1);
  });

  it.each([
    {},
    { attempts: 0 },
    { attempts: 1 },
    { attempts: 1.5 },
    { attempts: 11 },
    { attempts: '3' },
    true,
  ])('throws a TypeError with %j', (wrong) => {
    expect(() => clientOf({ retry: wrong })).toThrow('retry.attempts is not a whole number from 2 to 10');
  });

  it.each([-1, Number.NaN, '5', 2 ** 31])('throws a TypeError with a longest pause of %s', (maxDelay) => {
    expect(() => clientOf({ retry: { attempts: 2, maxDelay } })).toThrow('retry.maxDelay is not');
  });
});

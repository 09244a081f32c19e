import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Draft, send, sign, withHeader } from '../harness/wire.ts';

const PAGE = 'https://app.example.com';
let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_CORS_ORIGINS: PAGE } });
});
afterAll(() => service.stop());

const preflight = (origin: string, at = service): Draft => ({
  method: 'OPTIONS',
  target: '/api/exemple',
  headers: [
    ['host', at.authority],
    ['origin', origin],
    ['access-control-request-method', 'POST'],
    ['access-control-request-headers', 'authorization,x-signature,x-user-token,content-type'],
  ],
  body: null,
});
const from = (origin: string) =>
  withHeader(sign(service.demo, '/api/exemple', { authority: service.authority }), 'origin', origin);
const allowed = 'access-control-allow-origin';

describe('a page of an allowed origin', () => {
  it('may send the headers that a call needs', async () => {
    const { status, headers } = await send(service.port, preflight(PAGE));
    expect([status, headers[allowed]]).toEqual([204, PAGE]);
    const names = String(headers['access-control-allow-headers']).split(', ');
    expect(names).toEqual(
      expect.arrayContaining(['authorization', 'x-signature', 'x-user-token', 'content-type']),
    );
    expect(headers['access-control-allow-methods']).toBe('GET, POST');
  });

  it('may read answers, refusals too, and the request id', async () => {
    const drafts = [from(PAGE), withHeader(from(PAGE), 'x-signature', null)];
    for (const draft of drafts) {
      const { headers } = await send(service.port, draft);
      expect(headers[allowed]).toBe(PAGE);
      expect(headers['access-control-expose-headers']).toContain('x-request-id');
      expect(headers['vary']).toBe('origin');
    }
  });

  it('never sends cookies', async () => {
    const answers = [await send(service.port, preflight(PAGE)), await send(service.port, from(PAGE))];
    for (const { headers } of answers) expect(headers['access-control-allow-credentials']).toBeUndefined();
  });
});

describe('a page of another origin', () => {
  it.each([
    'https://evil.example',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.example',
    'null',
    '*',
  ])('%s gets no CORS header', async (origin) => {
    for (const draft of [preflight(origin), from(origin)]) {
      expect((await send(service.port, draft)).headers[allowed]).toBeUndefined();
    }
  });
});

it('without configured origins no page gets a CORS header', async () => {
  const closed = await startTestService();
  const answer = await send(closed.port, preflight(PAGE, closed));
  await closed.stop();
  expect([answer.status, answer.headers[allowed], answer.headers['vary']]).toEqual([
    405,
    undefined,
    undefined,
  ]);
});

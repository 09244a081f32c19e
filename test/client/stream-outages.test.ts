import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backoff } from '../../client/calls/backoff.ts';
import { createKeysealClient, KeysealRefusal } from '../../client/index.ts';
import { failureOfResponse } from '../../client/streams/stream-failure.ts';
import { newSession, withKey } from '../harness/clients.ts';
import { createKey } from '../harness/people.ts';
import { cutStream, page, type ScriptedFront, scriptedFront } from '../harness/scripted-front.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let front: ScriptedFront;
let service: TestService;

beforeAll(async () => {
  front = await scriptedFront();
  service = await startTestService({ env: { KEYSEAL_PUBLIC_ORIGINS: front.url } });
  front.aim(service.port);
});
beforeEach(() => {
  front.targets.length = 0;
});
afterAll(async () => {
  front.close();
  await service.stop();
});

interface StreamLog {
  readonly ticks: number[];
  /** What each loss of the connection was reported with. */
  readonly losses: unknown[];
  readonly error: unknown;
}

/** Listens until so many ticks have come, or an error ends the subscription. */
function listen(client = createKeysealClient(withKey(service)), enough = 3): Promise<StreamLog> {
  const ticks: number[] = [];
  const losses: unknown[] = [];
  return new Promise((resolve) => {
    const subscription = client.clock.subscribe(
      { everyMs: 50 },
      {
        onData: ({ data: { tick } }) => {
          if (ticks.push(tick) < enough) return;
          subscription.unsubscribe();
          resolve({ ticks, losses, error: null });
        },
        onConnectionStateChange: ({ error }) => error && losses.push(error),
        onError: (error) => resolve({ ticks, losses, error }),
      },
    );
  });
}

const refused = (status: number, reason: string, more: object = {}) =>
  ((_, response) => {
    const data = { code: 'X', httpStatus: status, reason, requestId: 'r', docs: '', ...more };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: reason, code: -32000, data } }));
  }) satisfies Parameters<ScriptedFront['script']>[0];

describe('B1: a subscription continues after', () => {
  it.each([500, 502, 503, 504, 522, 429, 408])('a proxy’s page of %d', async (status) => {
    front.script(page(status));
    const { ticks, error, losses } = await listen();
    expect([ticks, error]).toEqual([[1, 2, 3], null]);
    expect(String(losses[0])).toContain(`HTTP ${status}`);
    expect(front.targets).toHaveLength(2);
  });

  it('a connection that is reset, before the answer and after its head', async () => {
    front.script(
      ({ socket }) => socket.destroy(),
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.flushHeaders();
        response.destroy();
      },
    );
    expect((await listen()).ticks).toEqual([1, 2, 3]);
  });

  it('a stream that is cut in the middle of an event, and continues after the last whole one', async () => {
    const event = (tick: number) => `data: {"tick":${tick},"at":"then"}\nid: ${tick}\n\n`;
    const whole = `event: connected\ndata: {}\n\n${event(41)}${event(42)}`;
    front.script(cutStream(`${whole}${event(43).slice(0, -1)}`));
    expect((await listen(undefined, 4)).ticks).toEqual([41, 42, 43, 44]);
    expect(new URL(front.targets[1] ?? '', front.url).searchParams.get('lastEventId')).toBe('42');
  });

  it('Keyseal’s own refusals that pass, before the stream and within it', async () => {
    const data = {
      code: 'TOO_MANY_REQUESTS',
      httpStatus: 429,
      reason: 'RATE_LIMITED',
      requestId: 'r',
      docs: '',
    };
    const error = JSON.stringify({ message: 'The rate limit is reached.', code: -32029, data });
    front.script(
      refused(503, 'UNAVAILABLE'),
      refused(429, 'RATE_LIMITED'),
      cutStream(`event: connected\ndata: {}\n\nevent: serialized-error\ndata: ${error}\n\n`),
    );
    const { ticks, losses } = await listen();
    expect(ticks).toEqual([1, 2, 3]);
    expect(losses.map((loss) => (loss as KeysealRefusal).reason)).toEqual([
      'UNAVAILABLE',
      'RATE_LIMITED',
      'RATE_LIMITED',
    ]);
  });

  it('a limit of its key that is full, and continues once the limit allows it', async () => {
    const limits = [{ name: 'second', limit: 1, windowSeconds: 1 }];
    const key = await createKey(service, service.demo, { permissions: ['clock:read'], limits });
    const { apiKey, signingSecret } = key as { apiKey: string; signingSecret: string };
    const client = createKeysealClient({ url: service.url, apiKey, signingSecret });
    expect((await Promise.all([listen(client), listen(client)])).map(({ ticks }) => ticks)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('a copy of its request that a proxy sent first: another signature is another request', async () => {
    front.script(refused(401, 'SIGNATURE_REPLAYED'), refused(401, 'SIGNATURE_EXPIRED'));
    expect((await listen()).ticks).toEqual([1, 2, 3]);
  });

  it('a page of a proxy while its session is refreshed', async () => {
    const session = await newSession(service);
    const expired = { ...session, accessTokenExpiresAt: new Date(0).toISOString() };
    const client = createKeysealClient({ url: service.url, session: expired });
    front.script(page(502), page(503));
    const error = await new Promise((resolve) => {
      client.keys.tail.subscribe({ id: 'abcdefghijkl' }, { onError: resolve });
    });
    // There is no such key: that is what the service says once the session is refreshed.
    expect(error).toMatchObject({ reason: 'KEY_NOT_FOUND' });
  });
});

describe('B1: a subscription that was open continues after', () => {
  const opened = cutStream('event: connected\ndata: {}\n\ndata: {"tick":1,"at":"then"}\nid: 1\n\n');

  it.each([
    ['a page for maintenance', page(200)],
    ['a proxy that has no route for the time of a deployment', page(404)],
    ['a redirect to a page for maintenance', page(302, { location: 'https://status.example/' })],
    ['a proxy that lets nobody in meanwhile', page(403)],
  ])('%s', async (_, answer) => {
    front.script(opened, answer);
    const { ticks, error } = await listen(undefined, 4);
    expect([ticks, error]).toEqual([[1, 2, 3, 4], null]);
    expect(front.targets).toHaveLength(3);
  });

  it('none of Keyseal’s own refusals that do not pass', async () => {
    front.script(opened, refused(404, 'PROCEDURE_NOT_FOUND'));
    expect((await listen(undefined, 4)).error).toMatchObject({ reason: 'PROCEDURE_NOT_FOUND' });
  });
});

describe('B1: a subscription ends, and says why,', () => {
  it.each([400, 401, 403, 404, 405, 413, 421])('by a proxy’s page of %d', async (status) => {
    // Node's fetch sends a request again by itself that was answered with 421.
    front.script(page(status), ...(status === 421 ? [page(status)] : []));
    const { error } = await listen();
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toContain(`HTTP ${status}`);
    expect(front.targets).toHaveLength(status === 421 ? 2 : 1);
  });

  it('by a redirect, which is not followed', async () => {
    front.script(page(302, { location: `${front.url}/elsewhere` }));
    expect(String((await listen()).error)).toContain('302');
    expect(front.targets).toHaveLength(1);
  });

  it('by an answer that is not a stream', async () => {
    front.script(page(200));
    expect(String((await listen()).error)).toContain('text/html');
  });

  it.each([
    [401, 'KEY_REVOKED'],
    [403, 'PERMISSION_DENIED'],
    [404, 'PROCEDURE_NOT_FOUND'],
    [421, 'AUTHORITY_UNKNOWN'],
  ])('by Keyseal’s %d %s', async (status, reason) => {
    front.script(refused(status, reason), refused(status, reason));
    const { error } = await listen();
    expect(error).toBeInstanceOf(KeysealRefusal);
    expect(error).toMatchObject({ reason });
  });
});

describe('B1: a pause', () => {
  const pauseOf = async (headers: Record<string, string>) =>
    (await failureOfResponse(new Response('<html>', { status: 503, headers })))?.retryAfterMs;

  it('is as long as the answer says, in seconds or until a date by the server’s clock', async () => {
    const date = 'Sat, 28 Nov 2026 12:00:00 GMT';
    const until = 'Sat, 28 Nov 2026 12:00:07 GMT';
    expect(await pauseOf({ 'retry-after': '3' })).toBe(3_000);
    expect(await pauseOf({ 'retry-after': until, date })).toBe(7_000);
    for (const nonsense of ['-1', 'soon', '1.5', '', 'NaN'])
      expect([nonsense, await pauseOf({ 'retry-after': nonsense })]).toEqual([nonsense, 0]);
    expect(await pauseOf({ 'retry-after': date, date: until })).toBe(0);
  });

  it('doubles up to half a minute, and is never longer than five and a half', () => {
    expect([0, 1, 2, 3].map((failures) => backoff(failures, 0, 1))).toEqual([500, 1_000, 2_000, 4_000]);
    expect([backoff(40, 0, 1), backoff(1e9, 0, 1), backoff(0, 0, 0)]).toEqual([30_000, 30_000, 250]);
    expect(backoff(0, 10_000, 0)).toBe(10_000);
    expect(backoff(0, 86_400_000, 1)).toBeLessThan(331_000);
  });
});

describe('C6: where MessageEvent has no lastEventId, as in workerd,', () => {
  it('tracked events have their declared shape, and a stream continues', async () => {
    const { MessageEvent } = globalThis;
    globalThis.MessageEvent = class extends Event {
      readonly data: unknown;
      constructor(type: string, { data }: { data?: unknown } = {}) {
        super(type);
        this.data = data;
      }
    } as never;
    try {
      front.script(cutStream('event: connected\ndata: {}\n\ndata: {"tick":7,"at":"then"}\nid: 7\n\n'));
      const client = createKeysealClient(withKey(service));
      const events: unknown[] = [];
      await new Promise<void>((resolve) => {
        const subscription = client.clock.subscribe(
          { everyMs: 50 },
          {
            onData: (event) => {
              if (events.push(event) < 2) return;
              subscription.unsubscribe();
              resolve();
            },
          },
        );
      });
      expect(events).toEqual([
        { id: '7', data: { tick: 7, at: 'then' } },
        { id: '8', data: { tick: 8, at: expect.any(String) } },
      ]);
    } finally {
      globalThis.MessageEvent = MessageEvent;
    }
  });
});

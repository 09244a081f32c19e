import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SignedEventSource, type StreamEvent } from '../../client/streams/event-source.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const page = (status: number) => () => new Response('<html>', { status });
const refusal = (reason: string) => () => {
  const data = { code: 'UNAUTHORIZED', httpStatus: 401, reason, requestId: 'r', docs: '' };
  return Response.json({ error: { message: reason, code: -32001, data } }, { status: 401 });
};
/** A stream that stays open. */
const stream =
  (text = '') =>
  () => {
    const start = (controller: ReadableStreamDefaultController) =>
      controller.enqueue(new TextEncoder().encode(text));
    return new Response(new ReadableStream({ start }), { headers: { 'content-type': 'text/event-stream' } });
  };
const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value);

/** Opens a source whose requests get these answers in turn, and the last one ever after. */
function opened(...answers: (() => Response)[]) {
  const urls: string[] = [];
  const fetch = async (url: unknown) => {
    urls.push(String(url));
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return (answer as () => Response)();
  };
  const source = new SignedEventSource('http://127.0.0.1/api/clock', { fetch });
  const errors: unknown[] = [];
  source.addEventListener('error', (error) => void errors.push(error));
  return { source, errors, urls };
}

const HOUR = 3_600_000;

describe('B1: a source of events', () => {
  it('reconnects after an outage of hours, and after the refusals of a restarting service', async () => {
    const { source, errors } = opened(
      ...times(200, page(503)),
      ...times(5, refusal('SIGNATURE_EXPIRED')),
      stream('event: connected\ndata: {}\n\n'),
    );
    await vi.advanceTimersByTimeAsync(2 * HOUR);
    expect([source.readyState, errors.length]).toEqual([source.OPEN, 205]);
    source.close();
  });

  it.each(['SIGNATURE_EXPIRED', 'SIGNATURE_REPLAYED'])(
    'gives up where %s comes again and again',
    async (reason) => {
      const { source, errors } = opened(refusal(reason));
      await vi.advanceTimersByTimeAsync(HOUR);
      expect(source.readyState).toBe(source.CLOSED);
      expect(errors).toHaveLength(6);
      expect(errors.at(-1)).toMatchObject({ reason });
    },
  );

  it('tries about twice a minute during an outage, and not more often', async () => {
    const { source, urls } = opened(page(502));
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(urls.length).toBeGreaterThan(100);
    expect(urls.length).toBeLessThan(260);
    source.close();
    const before = urls.length;
    await vi.advanceTimersByTimeAsync(HOUR);
    expect([urls.length, vi.getTimerCount()]).toEqual([before, 0]);
  });

  it('leaves no timer behind once it is closed, in any state', async () => {
    for (const answer of [
      page(503),
      stream(),
      stream('event: connected\ndata: {"reconnectAfterInactivityMs":45000}\n\n'),
    ]) {
      const { source } = opened(answer);
      await vi.advanceTimersByTimeAsync(100);
      source.close();
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(0);
    }
  });
});

describe('a fetch without body streams', () => {
  const headers = { 'content-type': 'text/event-stream' };
  /** React Native has no `body`; node-fetch has a stream of Node there. */
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a stream of Node', Readable.from([])],
  ])('ends the subscription, and says what is missing: %s', async (_, body) => {
    const answer = () => Object.defineProperty(new Response('', { headers }), 'body', { value: body });
    const { source, errors, urls } = opened(answer);
    await vi.advanceTimersByTimeAsync(HOUR);
    expect([source.readyState, urls.length]).toEqual([source.CLOSED, 1]);
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('no body stream (response.body.getReader)'),
      }),
    ]);
  });
});

describe('B2: a silent connection', () => {
  const connected = (ms: unknown) =>
    stream(`event: connected\ndata: ${JSON.stringify({ reconnectAfterInactivityMs: ms })}\n\n`);

  it('is closed after the time that the service sets, within bounds', async () => {
    for (const [ms, limit] of [
      [45_000, 45_000],
      [1, 1_000],
      [1e12, 600_000],
    ]) {
      const { source, urls } = opened(connected(ms));
      await vi.advanceTimersByTimeAsync((limit as number) - 1);
      expect(urls).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(2_000);
      expect(urls.length).toBeGreaterThan(1);
      source.close();
    }
  });

  it('is kept if the service sets no time, as before heartbeats', async () => {
    for (const answer of [stream('event: connected\ndata: {}\n\n'), connected('soon'), connected(-1)]) {
      const { source, urls } = opened(answer);
      await vi.advanceTimersByTimeAsync(24 * HOUR);
      expect(urls).toHaveLength(1);
      source.close();
    }
  });
});

describe('an id', () => {
  it('without data still sets where a stream continues', async () => {
    const { source, urls } = opened(
      () =>
        new Response('event: restore-id\ndata: \nid: start\n\n', {
          headers: { 'content-type': 'text/event-stream' },
        }),
      stream('data: 1\nid: next\n\n'),
    );
    const seen: StreamEvent[] = [];
    source.addEventListener('message', (event) => void seen.push(event as StreamEvent));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(urls[1]).toBe('http://127.0.0.1/api/clock?lastEventId=start');
    expect(seen).toEqual([{ type: 'message', data: '1', lastEventId: 'next' }]);
    source.close();
  });
});

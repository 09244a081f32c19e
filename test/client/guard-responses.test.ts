import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { admittingGuard, newOrder, ROOM } from '../harness/admitting-guard.ts';

const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const newGuard = () => admittingGuard({ minRate: 1_000 });

type Handle = (request: Request) => Response | Promise<Response>;

/** How a handler is put behind the guard if there is no Node response that reports its end. */
const WAYS: Readonly<Record<string, (handle: () => Response) => Handle>> = {
  'guard.fetch': (handle) => newGuard().fetch({}, () => handle()),
  'guard.hono': (handle) => {
    const app = new Hono();
    app.use(newGuard().hono({}));
    app.post('/', () => handle());
    app.onError(() => new Response('failed', { status: 500 }));
    return (request) => app.fetch(request);
  },
};

/** Makes a call. The client that asks Keyseal waits for a timer of no length; no time passes for it. */
async function call(handle: Handle): Promise<Response> {
  let isOver = false;
  const answered = Promise.resolve(handle(await newOrder())).finally(() => {
    isOver = true;
  });
  answered.catch(() => {});
  while (!isOver) await vi.advanceTimersByTimeAsync(0);
  return answered;
}

/** Makes calls until the share is used up. @returns how many were admitted */
async function callUntilFull(handle: Handle): Promise<number> {
  for (let calls = 0; calls < 3 * ROOM; calls++) {
    const response = await call(handle);
    if (response.status === 503) return calls;
  }
  return Number.POSITIVE_INFINITY;
}

/** A stream that the handler writes to, and whether it was cancelled. */
function written() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const cancelled = vi.fn();
  const stream = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: cancelled,
  });
  return { stream, cancelled, write: (bytes: number) => controller?.enqueue(new Uint8Array(bytes)) };
}

describe.each(Object.entries(WAYS))('S11: behind %s the share of a body is given back', (_, behind) => {
  it.each([
    ['without a body', () => new Response(null)],
    ['of 204', () => new Response(null, { status: 204 })],
    ['of 304', () => new Response(null, { status: 304 })],
  ] as const)('at once with a response %s', async (_what, handle) => {
    expect(await callUntilFull(behind(handle))).toBe(Number.POSITIVE_INFINITY);
  });

  it('a minute after an unread response, whose stream is cancelled', async () => {
    const streams: ReturnType<typeof written>[] = [];
    const handle = behind(() => {
      const made = written();
      streams.push(made);
      return new Response(made.stream);
    });
    expect(await callUntilFull(handle)).toBe(ROOM);
    await vi.advanceTimersByTimeAsync(MINUTE - 1);
    expect(await callUntilFull(handle)).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(streams.map(({ cancelled }) => cancelled.mock.calls.length)).toEqual(Array(ROOM).fill(1));
    expect(await callUntilFull(handle)).toBe(ROOM);
  });

  it('a minute and the time for the last chunk after a reader stops', async () => {
    const { stream, cancelled, write } = written();
    const response = await call(behind(() => new Response(stream)));
    const reader = response.body?.getReader();
    write(30_000);
    expect((await reader?.read())?.value).toHaveLength(30_000);
    await vi.advanceTimersByTimeAsync(MINUTE + 29_999);
    expect(cancelled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(cancelled).toHaveBeenCalledOnce();
    await expect(reader?.read()).rejects.toThrow('The response was not read.');
  });

  it('not while a handler writes once an hour to a reader that waits', async () => {
    const { stream, cancelled, write } = written();
    const response = await call(behind(() => new Response(stream)));
    const reader = response.body?.getReader();
    for (let hour = 0; hour < 3; hour++) {
      const read = reader?.read();
      await vi.advanceTimersByTimeAsync(60 * MINUTE);
      write(1);
      expect((await read)?.value).toHaveLength(1);
    }
    expect(cancelled).not.toHaveBeenCalled();
    await reader?.cancel();
    expect([cancelled.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('when a response was read, and no timer is left', async () => {
    const handle = behind(() => new Response('done'));
    for (let calls = 0; calls < 3 * ROOM; calls++) {
      expect(await (await call(handle)).text()).toBe('done');
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  it('if the handler fails, or returns a response that it has read', async () => {
    const read = new Response('done');
    await read.text();
    const failing = behind(() => {
      throw new Error('of the handler');
    });
    for (const handle of [failing, behind(() => read)]) {
      for (let calls = 0; calls < 3 * ROOM; calls++) {
        const answered = await call(handle).catch(() => null);
        expect(answered?.status).not.toBe(503);
        await answered?.text();
      }
    }
  });
});

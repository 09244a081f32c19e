import { TRPCClientError } from '@trpc/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKeysealClient, type KeysealClient } from '../../client/index.ts';
import { type Answer, answerWith, KEY, recorder } from '../harness/recorder.ts';

const { apiKey, signingSecret } = KEY;
let server: Awaited<ReturnType<typeof recorder>>;
let answer: Answer;

beforeAll(async () => {
  server = await recorder((...args) => answer(...args));
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
  answer = () => {};
});

const clientOf = (more: object = {}): KeysealClient =>
  createKeysealClient({ url: server.url, apiKey, signingSecret, ...more });

async function errorOf(call: Promise<unknown>): Promise<TRPCClientError<never>> {
  const error = await call.then(
    () => new Error('it was answered'),
    (caught: unknown) => caught,
  );
  if (error instanceof TRPCClientError) return error;
  throw new Error(`not a TRPCClientError: ${error}`);
}

const WAYS: readonly [string, (client: KeysealClient, signal: AbortSignal) => Promise<unknown>][] = [
  ['a query', ({ exemple }, signal) => exemple.query(undefined, { signal })],
  ['a mutation', ({ echo }, signal) => echo.mutate({ text: 'x' }, { signal })],
  ['an upload', ({ upload }, signal) => upload.mutate(new Uint8Array(8), { signal })],
  ['a public call', ({ health }, signal) => health.query(undefined, { signal })],
];

describe('C12: a call that is given up', () => {
  it.each(WAYS)('%s: by its caller is an AbortError', async (_, call) => {
    const left = new AbortController();
    answer = () => left.abort();
    const error = await errorOf(call(clientOf(), left.signal));
    expect([error.name, (error.cause as Error).name]).toEqual(['AbortError', 'AbortError']);
    expect(error.cause).toBe(left.signal.reason);
  });

  it.each(WAYS)('%s: by a timeout of its caller is a TimeoutError', async (_, call) => {
    const signal = AbortSignal.timeout(20);
    const error = await errorOf(call(clientOf(), signal));
    expect([error.name, error.cause]).toEqual(['TimeoutError', signal.reason]);
  });

  it.each(WAYS)('%s: by the timeout of the client is a TimeoutError', async (_, call) => {
    const error = await errorOf(call(clientOf({ timeout: 20 }), new AbortController().signal));
    expect([error.name, (error.cause as Error).name]).toEqual(['TimeoutError', 'TimeoutError']);
    expect(error.message).toContain('did not respond in time');
  });

  it('for a reason of its caller has that as its cause', async () => {
    const left = new AbortController();
    const reason = new Error('the page was closed');
    answer = () => left.abort(reason);
    const error = await errorOf(clientOf().exemple.query(undefined, { signal: left.signal }));
    expect([error.name, error.message, error.cause]).toEqual(['AbortError', reason.message, reason]);
  });

  it('before it began sends nothing', async () => {
    const error = await errorOf(clientOf().exemple.query(undefined, { signal: AbortSignal.abort() }));
    expect([error.name, server.received.length]).toEqual(['AbortError', 0]);
  });

  it('rejects at once while the rest of its batch continues', async () => {
    const left = new AbortController();
    let respond = () => {};
    answer = (...args) => {
      respond = () => answerWith({ message: 'Hello' })(...args);
    };
    const client = clientOf();
    const [gone, other] = [
      errorOf(client.exemple.query(undefined, { signal: left.signal })),
      client.exemple.query(),
    ];
    await vi.waitFor(() => expect(server.received).toHaveLength(1));
    left.abort();
    expect((await gone).name).toBe('AbortError');
    respond();
    expect(await other).toEqual({ message: 'Hello' });
  });

  it('rejects even if fetch ignores its signal', async () => {
    const deaf = { fetch: () => new Promise<never>(() => {}) };
    const timedOut = await errorOf(clientOf({ ...deaf, timeout: 20 }).exemple.query());
    expect(timedOut.name).toBe('TimeoutError');
    const signal = AbortSignal.timeout(20);
    const error = await errorOf(clientOf(deaf).exemple.query(undefined, { signal }));
    expect(error.cause).toBe(signal.reason);
  });

  it('rejects too if the answer stops halfway', async () => {
    answer = (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.write('[{"result":');
    };
    expect((await errorOf(clientOf({ timeout: 50 }).exemple.query())).name).toBe('TimeoutError');
  });
});

describe('C12: the timeout of a client', () => {
  /** Milliseconds of the timers that a call sets, none of which fires. */
  async function timers(client: KeysealClient, call: (client: KeysealClient) => Promise<unknown>) {
    answer = answerWith({});
    const set = vi.spyOn(globalThis, 'setTimeout');
    try {
      await call(client);
      return set.mock.calls.map(([, ms]) => ms).filter((ms = 0) => ms >= 1_000);
    } finally {
      set.mockRestore();
    }
  }

  it('is 30 seconds, and more for a body, at 8 KiB a second', async () => {
    expect(await timers(clientOf(), ({ exemple }) => exemple.query())).toContain(30_000);
    const bytes = new Uint8Array(8192 * 10);
    const form = new FormData();
    form.set('file', new File([bytes], 'a'));
    for (const input of [bytes, new Blob([bytes]), form]) {
      expect(await timers(clientOf(), ({ upload }) => upload.mutate(input))).toContain(40_000);
    }
  });

  it('can be changed, or turned off', async () => {
    const query = ({ exemple }: KeysealClient) => exemple.query();
    expect(await timers(clientOf({ timeout: 5_000 }), query)).toContain(5_000);
    const without = await timers(clientOf({ timeout: false }), query);
    expect(without.filter((ms) => ms === 30_000)).toEqual([]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5', true, null])(
    'of %s is a TypeError',
    (timeout) => {
      expect(() => clientOf({ timeout })).toThrow('timeout is neither false nor a number');
    },
  );
});

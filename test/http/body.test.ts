import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readBody } from '../../server/http/request/body.ts';
import { FairBudget } from '../../shared/fairness/fair-budget.ts';

const KIB = 1024;
let budget: FairBudget;
let request: IncomingMessage;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  budget = new FairBudget(64 * KIB * KIB);
  request = new IncomingMessage(new Socket());
  request.headers = { 'transfer-encoding': 'chunked' };
});
afterEach(() => {
  vi.useRealTimers();
});

const read = async (limit = 8 * KIB * KIB, minRate = 8 * KIB) =>
  readBody(request, { limit, budget, payer: ['a', 'b'], minRate, windowMs: 10_000, slowWindows: 0 });
/** The outcome, so that no rejection stays unhandled. */
const outcome = (reading: ReturnType<typeof read>) =>
  reading.then(
    ({ body }) => body.bytes.length,
    ({ reason }) => reason as string,
  );
const immediate = () => new Promise((resolve) => setImmediate(resolve));

/** Sends some bytes each second. */
async function sendFor(seconds: number, bytes: number): Promise<void> {
  for (let n = 0; n < seconds; n++) {
    if (bytes > 0) request.push(Buffer.alloc(bytes));
    await immediate();
    vi.advanceTimersByTime(1000);
    await immediate();
  }
}
const finish = () => {
  request.complete = true;
  request.push(null);
};
const listeners = () => ['data', 'end', 'error', 'close'].map((event) => request.listenerCount(event));

describe('S5: a body', () => {
  it.each([
    ['7 MB at 200 KB/s', 35, 200_000],
    ['1 MB at 25 KB/s', 40, 25_000],
    ['just at the minimum rate', 60, 8 * KIB],
  ])('of %s is read whole', async (_, seconds, rate) => {
    const reading = read();
    const came = outcome(reading);
    await sendFor(seconds, rate);
    finish();
    expect(await came).toBe(seconds * rate);
    expect([listeners(), vi.getTimerCount()]).toEqual([[0, 0, 0, 0], 0]);
    expect(budget.occupancy.used).toBe(seconds * rate);
    const { release } = await reading;
    release();
    release();
    expect(budget.occupancy.used).toBe(0);
  });

  it.each([
    ['that stops', 0],
    ['that comes a byte at a time', 1],
    ['just below the minimum rate', 8 * KIB - 1],
  ])('%s is REQUEST_TIMEOUT, once its first ten seconds are over', async (_, rate) => {
    const came = outcome(read());
    await sendFor(9, rate);
    expect(listeners()).toEqual([1, 1, 1, 1]);
    await sendFor(1, rate);
    expect(await came).toBe('REQUEST_TIMEOUT');
    expect([listeners(), vi.getTimerCount(), budget.occupancy.used]).toEqual([[0, 0, 0, 0], 0, 0]);
  });

  it('is refused once it gets too slow', async () => {
    const came = outcome(read());
    await sendFor(1, KIB * KIB);
    await sendFor(9, 0);
    expect(budget.occupancy.used).toBe(KIB * KIB);
    await sendFor(10, 0);
    expect(await came).toBe('REQUEST_TIMEOUT');
    expect(budget.occupancy.used).toBe(0);
  });

  it.each([
    ['that is too large', 'BODY_TOO_LARGE', () => request.push(Buffer.alloc(2 * KIB))],
    ['whose client leaves', 'REQUEST_MALFORMED', () => request.destroy()],
    ['that breaks', 'REQUEST_MALFORMED', () => request.destroy(new Error('reset'))],
    [
      'with trailers',
      'REQUEST_MALFORMED',
      () => {
        request.rawTrailers = ['a', 'b'];
        finish();
      },
    ],
    [
      'whose budget throws',
      undefined,
      () => {
        vi.spyOn(budget, 'take').mockImplementation(() => {
          throw new RangeError('a fault of ours');
        });
        request.push(Buffer.alloc(1));
      },
    ],
  ])('%s is refused once, and later events have no effect', async (_, reason, happens) => {
    request.on('error', () => {});
    const came = outcome(read(KIB));
    request.push(Buffer.alloc(100));
    await immediate();
    happens();
    expect(await came).toBe(reason);
    expect([listeners(), vi.getTimerCount(), budget.occupancy.used]).toEqual([[0, 0, 1, 0], 0, 0]);
    if (!request.destroyed) request.push(Buffer.alloc(2 * KIB));
    request.emit('close');
    await immediate();
    expect(budget.occupancy.used).toBe(0);
  });

  it('of a client that disconnected before the read is refused at once', async () => {
    request.destroy();
    await immediate();
    expect(await outcome(read())).toBe('REQUEST_MALFORMED');
  });

  it('larger than its payer’s share is UNAVAILABLE', async () => {
    budget = new FairBudget(4 * KIB);
    const came = outcome(read());
    request.push(Buffer.alloc(KIB + 1));
    expect(await came).toBe('UNAVAILABLE');
    expect(budget.occupancy.used).toBe(0);
  });
});

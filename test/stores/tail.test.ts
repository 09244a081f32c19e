import { describe, expect, it } from 'vitest';
import { packed, readMessage } from '../../server/stores/live-tail/broadcast-messages.ts';
import { LiveTailHub } from '../../server/stores/live-tail/hub.ts';
import { type TailedCall, TailSubscription } from '../../server/stores/live-tail/subscription.ts';

const call = (n: number, more: Partial<TailedCall> = {}): TailedCall => ({
  keyId: 'abcdefghijkl',
  at: n,
  procedure: 'exemple',
  outcome: 'OK',
  durationMs: 1,
  address: '2001:db8:1:2:3:4:5:6',
  requestId: '00000000-0000-4000-8000-000000000000',
  ...more,
});
const patient = new AbortController().signal;

describe('a tail', () => {
  it('that is not read drops the oldest, and says how many first', async () => {
    const tail = new TailSubscription(() => {});
    for (let n = 0; n < 1_000; n++) tail.push(call(n));
    expect(await tail.next(patient, 1_000)).toEqual({ missed: 800 });
    for (let n = 800; n < 1_000; n++) expect(await tail.next(patient, 1_000)).toMatchObject({ at: n });
    expect(await tail.next(patient, 1)).toBeNull();
  });

  it('delivers events while the watcher waits, and stops waiting when the watcher leaves', async () => {
    const tail = new TailSubscription(() => {});
    const leaving = new AbortController();
    const next = tail.next(leaving.signal, 60_000);
    tail.push(call(1));
    expect(await next).toMatchObject({ at: 1 });
    const none = tail.next(leaving.signal, 60_000);
    leaving.abort();
    expect(await none).toBeNull();
    expect(await tail.next(leaving.signal, 60_000)).toBeNull();
  });
});

describe('tails', () => {
  it('are bounded for all workspaces together, and closing one twice frees one place', async () => {
    const tails = new LiveTailHub(null);
    const open = (n: number) => tails.open(`key ${n}`, `workspace ${n}`);
    const all = await Promise.all(Array.from({ length: 199 }, (_, n) => open(n)));
    const reason = (n: number) =>
      open(n).then(
        () => undefined,
        (error) => error.reason,
      );
    expect(await reason(200)).toBe('UNAVAILABLE');
    all[0]?.close();
    all[0]?.close();
    expect([tails.watches('key 0'), tails.watches('key 1')]).toEqual([false, true]);
    expect([await reason(201), await reason(202)]).toEqual([undefined, 'UNAVAILABLE']);
  });

  it('S12: of many workspaces leave room for one more', async () => {
    const tails = new LiveTailHub(null);
    for (let n = 0; n < 12 * 20; n++) await tails.open('key', `workspace ${n % 12}`).catch(() => {});
    expect(tails.occupancy.used).toBeLessThan(200);
    await tails.open('key', 'another');
  });
});

describe('a message between instances', () => {
  it('fits into notifications, and loses nothing', () => {
    const calls = Array.from({ length: 1_000 }, (_, n) =>
      call(n, { procedure: `vérifié ${'é'.repeat(n % 260)}` }),
    );
    const missed = Array.from({ length: 1_000 }, (_, n): [string, number] => [`key${n}`, n]);
    const texts = packed('me', calls, missed).map((message) => JSON.stringify(message));
    expect(Math.max(...texts.map((text) => Buffer.byteLength(text)))).toBeLessThan(8_000);
    const read = texts.map((text) => readMessage(text));
    expect(read.flatMap((message) => message?.calls ?? [])).toEqual(calls);
    expect(read.flatMap((message) => message?.missed ?? [])).toEqual(missed);
  });

  it.each(['', 'x', '{}', '[]', '{"from":1}', '{"from":"a","calls":[{}]}'])('is not %j', (text) => {
    expect(readMessage(text)).toBeNull();
  });

  it('may be more in a newer version', () => {
    expect(readMessage('{"from":"a","tails":["k"],"more":1}')).toEqual({ from: 'a', tails: ['k'] });
  });
});

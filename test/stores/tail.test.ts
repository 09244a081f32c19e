import { describe, expect, it } from 'vitest';
import {
  packAnnouncements,
  packCalls,
  positionsIn,
  readMessage,
  type WatchedKey,
} from '../../server/stores/live-tail/broadcast-messages.ts';
import { LiveTailHub } from '../../server/stores/live-tail/hub.ts';
import { RecentCalls } from '../../server/stores/live-tail/recent-calls.ts';
import {
  NO_POSITION,
  type TailedCall,
  TailSubscription,
} from '../../server/stores/live-tail/subscription.ts';

const call = (n: number, more: Partial<TailedCall> = {}): TailedCall => ({
  keyId: 'abcdefghijkl',
  at: n,
  procedure: 'exemple',
  outcome: 'OK',
  durationMs: 1,
  pair: null,
  address: '2001:db8:1:2:3:4:5:6',
  requestId: '00000000-0000-4000-8000-000000000000',
  ...more,
});
const tenantOf = (n: number) => [`person ${n}`, `workspace ${n}`];
const patient = new AbortController().signal;
const entry = (n: number) => ({ position: `0a1b2c3d.${n}`, item: call(n) });

describe('a tail', () => {
  it('that is not read drops the oldest, and says how many first', async () => {
    const tail = new TailSubscription(() => {});
    for (let n = 0; n < 1_000; n++) tail.push(entry(n));
    expect(await tail.next(patient)).toEqual({ position: '0a1b2c3d.799', item: { missed: 800 } });
    for (let n = 800; n < 1_000; n++) expect(await tail.next(patient)).toEqual(entry(n));
    expect(await tail.next(AbortSignal.timeout(1))).toBeNull();
  });

  it('delivers events while the watcher waits, and stops waiting when the watcher leaves', async () => {
    const tail = new TailSubscription(() => {});
    const leaving = new AbortController();
    const next = tail.next(leaving.signal);
    tail.push(entry(1));
    expect(await next).toEqual(entry(1));
    const none = tail.next(leaving.signal);
    leaving.abort();
    expect(await none).toBeNull();
    expect(await tail.next(leaving.signal)).toBeNull();
  });

  it('that was ended delivers nothing more, not even to a waiting watcher', async () => {
    const tail = new TailSubscription(() => {});
    const waiting = tail.next(patient);
    tail.end(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    tail.push(entry(1));
    await expect(tail.next(patient)).rejects.toThrow('gone');
  });
});

describe('tails', () => {
  it('are limited for all workspaces together, and closing one twice frees one place', async () => {
    const tails = new LiveTailHub(null);
    const open = (n: number) => tails.open(`key ${n}`, tenantOf(n), null);
    const all = await Promise.all(Array.from({ length: 197 }, (_, n) => open(n)));
    const reason = (n: number) =>
      open(n).then(
        () => undefined,
        (error) => error.reason,
      );
    expect(await reason(197)).toBe('UNAVAILABLE');
    all[0]?.close();
    all[0]?.close();
    expect([tails.watched().length, tails.occupancy.used]).toEqual([196, 196]);
    expect([await reason(198), await reason(199)]).toEqual([undefined, 'UNAVAILABLE']);
  });

  it('S12: of many workspaces leave room for one more', async () => {
    const tails = new LiveTailHub(null);
    for (let n = 0; n < 12 * 20; n++)
      await tails.open(`key ${n % 12}`, tenantOf(n % 12), null).catch(() => {});
    expect(tails.occupancy.used).toBeLessThan(200);
    await tails.open('key', ['another', 'another'], null);
  });
});

describe('B2: the latest calls of a key', () => {
  it('are kept for two minutes after the last watcher has left, and no longer', async () => {
    let now = 0;
    const tails = new LiveTailHub(null, () => now);
    const tail = await tails.open('abcdefghijkl', ['sponsor', 'workspace'], null);
    for (; now < 300_000; now += 60_000) await tails.maintain();
    tail.close();
    now += 59_000;
    await tails.maintain();
    tails.publish(call(1), ['sponsor', 'workspace', 'key']);
    const again = await tails.open('abcdefghijkl', ['sponsor', 'workspace'], tail.startsAt);
    expect(await again.next(patient)).toMatchObject({ item: { at: 1 } });
    again.close();
    now += 121_000;
    await tails.maintain();
    expect(tails.watches('abcdefghijkl')).toBe(false);
  });

  it('are limited for one key, divided among workspaces, and without gaps', () => {
    const recent = new RecentCalls(() => 0);
    for (let key = 0; key < 40; key++) {
      recent.keep(`key ${key}`, ['one', 'one']);
      for (let n = 0; n < 600; n++) recent.add(`key ${key}`, entry(n));
    }
    const kept = Array.from({ length: 40 }, (_, key) => recent.after(`key ${key}`, entry(590).position));
    expect(recent.after('key 0', entry(99).position)).toBeNull();
    expect(recent.after('key 0', entry(100).position)).toHaveLength(499);
    expect(kept.filter((entries) => entries?.length === 9).length).toBeGreaterThan(10);
    recent.keep('another key', ['two', 'two']);
    for (let n = 0; n < 500; n++) recent.add('another key', entry(n));
    expect(recent.after('another key', entry(0).position)).toHaveLength(499);
  });

  it('are not sent after an unknown position', () => {
    const recent = new RecentCalls(() => 0);
    recent.keep('key', ['one', 'one']);
    recent.add('key', { position: NO_POSITION, item: call(1) });
    recent.add('key', entry(2));
    for (const place of [NO_POSITION, '0a1b2c3d.3', '0a1b2c3d.1'])
      expect(recent.after('key', place)).toBeNull();
    recent.clear();
    expect(recent.after('key', entry(2).position)).toBeNull();
  });
});

describe('a message between instances', () => {
  it('fits into notifications without loss', () => {
    const calls = Array.from({ length: 1_000 }, (_, n) =>
      call(n, { procedure: `vérifié ${'é'.repeat(n % 260)}` }),
    );
    const missed = Array.from({ length: 1_000 }, (_, n): [string, number] => [`key${n}`, n]);
    const texts = packCalls('me', calls, missed, 2 ** 40).map((message) => JSON.stringify(message));
    expect(Math.max(...texts.map((text) => Buffer.byteLength(text)))).toBeLessThan(8_000);
    const read = texts.map((text) => readMessage(text));
    const places = read.flatMap((message) => {
      const next = message && positionsIn(message);
      return [...(message?.missed ?? []), ...(message?.calls ?? [])].map(() => next?.());
    });
    expect(places).toEqual(Array.from({ length: 2_000 }, (_, n) => `me.${2 ** 40 + n}`));
    expect(read.flatMap((message) => message?.calls ?? [])).toEqual(calls);
    expect(read.flatMap((message) => message?.missed ?? [])).toEqual(missed);
  });

  it('of an older version has no position', () => {
    const message = readMessage(JSON.stringify({ from: 'a', calls: [call(1)] }));
    expect(message && positionsIn(message)()).toBe(NO_POSITION);
  });

  it('can announce more keys than fit into one', () => {
    const keys = Array.from(
      { length: 1_000 },
      (_, n): WatchedKey => [`key ${n}`, [`person ${n}`, `workspace ${n}`]],
    );
    const messages = packAnnouncements('me', keys);
    expect(Math.max(...messages.map((one) => JSON.stringify(one).length))).toBeLessThan(8_000);
    expect(messages.flatMap(({ tails }) => tails)).toEqual(keys.map(([keyId]) => keyId));
    expect(messages.flatMap(({ workspaces }) => workspaces)).toEqual(keys.map(([, [, id]]) => id));
    expect(packAnnouncements('me', [])).toHaveLength(1);
  });

  it.each(['', 'x', '{}', '[]', '{"from":1}', '{"from":"a","calls":[{}]}'])('is not %j', (text) => {
    expect(readMessage(text)).toBeNull();
  });

  it('may have more members in a newer version', () => {
    expect(readMessage('{"from":"a","tails":["k"],"more":1}')).toEqual({ from: 'a', tails: ['k'] });
  });
});

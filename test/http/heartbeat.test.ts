import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Heartbeat } from '../../server/http/streams/heartbeat.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('B2: the heartbeat', () => {
  it('of all streams has one timer, and none is left when the last one ends', async () => {
    const heartbeat = new Heartbeat(15);
    const streams = Array.from({ length: 1_000 }, () => ({ beats: 0 }));
    const ends = streams.map((stream) => heartbeat.start({ beat: () => void stream.beats++ }));
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(150_000);
    const beats = streams.map((stream) => stream.beats);
    expect([Math.min(...beats), Math.max(...beats)]).toEqual([9, 10]);
    for (const end of ends) end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of streams that began together is spread over time, and comes within two intervals', async () => {
    const heartbeat = new Heartbeat(15);
    const lastAt = new Map<number, number>();
    let longest = 0;
    let now = 0;
    let together = 0;
    const beat = (n: number) => {
      longest = Math.max(longest, now - (lastAt.get(n) ?? 0));
      lastAt.set(n, now);
      together++;
    };
    for (let n = 0; n < 10_000; n++) heartbeat.start({ beat: () => beat(n) });
    let most = 0;
    for (; now < 120_000; now += 125) {
      together = 0;
      await vi.advanceTimersByTimeAsync(125);
      most = Math.max(most, together);
    }
    expect(lastAt.size).toBe(10_000);
    expect(most).toBeLessThanOrEqual(500);
    expect(longest).toBeLessThan(30_000);
  });
});

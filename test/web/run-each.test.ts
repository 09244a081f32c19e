import { describe, expect, it } from 'vitest';
import { runEach } from '../../web/keys/bulk/run-each.ts';

const never = new AbortController().signal;

describe('calls for several items', () => {
  it('are a few at a time, and a failure ends no other', async () => {
    const running = new Set<number>();
    let most = 0;
    const ended: number[] = [];
    const outcomes = await runEach([1, 2, 3, 4, 5, 6, 7], {
      ...{ atOnce: 3, signal: never, onEnd: (count) => ended.push(count) },
      call: async (item) => {
        running.add(item);
        most = Math.max(most, running.size);
        await new Promise((resolve) => setImmediate(resolve));
        running.delete(item);
        if (item % 3 === 0) throw new Error(`no ${item}`);
      },
    });
    expect(most).toBe(3);
    expect(outcomes.map(({ item, is }) => `${item} ${is}`)).toEqual([
      ...['1 done', '2 done', '3 failed', '4 done', '5 done', '6 failed', '7 done'],
    ]);
    expect(ended).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('are not made after a stop, and those under way keep their outcome', async () => {
    const stop = new AbortController();
    const called: number[] = [];
    const outcomes = await runEach([1, 2, 3, 4], {
      ...{ atOnce: 2, signal: stop.signal, onEnd: () => {} },
      call: async (item) => {
        called.push(item);
        if (item === 2) stop.abort();
      },
    });
    expect(called).toEqual([1, 2]);
    expect(outcomes.map(({ is }) => is)).toEqual(['done', 'done', 'stopped', 'stopped']);
  });
});

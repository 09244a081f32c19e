import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LockedRowRetries } from '../../server/stores/database/locked-row-retries.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

it('S7: an entry of a row that stays locked is not submitted more often because others of its workspace succeed', async () => {
  const retries = new LockedRowRetries();
  let submitted = 0;
  const stuck = retries.submit(['tenant', 'workspace'], async () => {
    submitted++;
    return null;
  });
  const refused = expect(stuck).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  for (let ms = 0; ms < 4_000; ms++) {
    // Succeeds after one pause.
    let attempts = 0;
    void retries.submit(['tenant', 'workspace'], async () => (attempts++ === 0 ? null : 'done'));
    await vi.advanceTimersByTimeAsync(1);
  }
  // On average one in 25 ms.
  expect(submitted).toBeLessThan(300);
  await vi.advanceTimersByTimeAsync(2_000);
  await refused;
});

it('entries that were skipped together are submitted again together', async () => {
  const retries = new LockedRowRetries();
  const moments = new Map<number, number>();
  const entries = Array.from({ length: 100 }, () => {
    let attempts = 0;
    return retries.submit(['tenant', 'workspace'], async () => {
      const now = performance.now();
      moments.set(now, (moments.get(now) ?? 0) + 1);
      return attempts++ < 8 ? null : 'done';
    });
  });
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all(entries);
  expect([...moments.values()].reduce((sum, n) => sum + n, 0)).toBe(900);
  expect(moments.size).toBeLessThanOrEqual(9);
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { revalidatePeriodically } from '../../server/http/streams/stream-revalidation.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('S12: all streams share one timer, and each is checked every two seconds', async () => {
  let looks = 0;
  const ended: number[] = [];
  const unwatch = Array.from({ length: 500 }, (_, n) =>
    revalidatePeriodically(
      async () => {
        looks++;
        return n !== 7;
      },
      () => ended.push(n),
    ),
  );
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([looks, ended]).toEqual([500, [7]]);
  for (const end of unwatch.slice(0, 400)) end();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(looks).toBe(600);
  for (const end of unwatch) end();
  expect(vi.getTimerCount()).toBe(0);
});

it('A1: a check that fails ends its stream, and no other', async () => {
  const ended: string[] = [];
  const unwatch = [
    revalidatePeriodically(
      () => Promise.reject(new Error('no database')),
      () => ended.push('failing'),
    ),
    revalidatePeriodically(
      async () => true,
      () => ended.push('other'),
    ),
  ];
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ended).toEqual(['failing']);
  for (const end of unwatch) end();
});

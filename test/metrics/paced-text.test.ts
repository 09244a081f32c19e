import { afterEach, expect, it, vi } from 'vitest';
import { pacedText } from '../../server/metrics/paced-text.ts';

afterEach(() => vi.useRealTimers());

it('F12: a public page is built at a bounded rate, and concurrent readers share it', async () => {
  vi.useFakeTimers();
  let built = 0;
  const text = pacedText(async () => String(++built));
  const together = await Promise.all(Array.from({ length: 1_000 }, text));
  expect([new Set(together).size, built]).toEqual([1, 1]);
  const begun = performance.now();
  for (let n = 0; n < 300; n++) {
    const reading = text();
    await vi.advanceTimersByTimeAsync(0);
    if (built === n + 1) await vi.advanceTimersByTimeAsync(20);
    expect(await reading).toBe(String(n + 2));
  }
  // Two hundred at once, and fifty a second.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(1_980);
});

it('F12: a page that could not be built is tried again', async () => {
  let isBroken = true;
  const text = pacedText(async () => {
    if (isBroken) throw new Error('broken');
    return 'whole';
  });
  await expect(text()).rejects.toThrow('broken');
  isBroken = false;
  expect(await text()).toBe('whole');
});

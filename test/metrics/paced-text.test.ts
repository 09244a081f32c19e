import { afterEach, expect, it, vi } from 'vitest';
import { pacedText } from '../../server/metrics/paced-text.ts';

afterEach(() => vi.restoreAllMocks());

it('F12: a text that anybody may ask for is built at a bounded rate, and every reader gets one', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(1_000);
  let built = 0;
  const text = pacedText(async () => String(++built));
  const read = [];
  for (let n = 0; n < 2_000; n++) read.push(await text());
  expect(built).toBeLessThanOrEqual(201);
  expect(read.at(-1)).toBe(String(built));
  const before = built;
  clock.mockReturnValue(2_000);
  expect(await text()).toBe(String(before + 1));
});

it('F12: a text that cannot be built is tried again', async () => {
  let isBroken = true;
  const text = pacedText(async () => {
    if (isBroken) throw new Error('broken');
    return 'whole';
  });
  await expect(text()).rejects.toThrow('broken');
  isBroken = false;
  expect(await text()).toBe('whole');
});

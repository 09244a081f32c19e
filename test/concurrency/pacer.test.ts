import { expect, test } from 'vitest';
import { Pacer } from '../../server/lib/concurrency/pacer.ts';

test('a burst is admitted, then the average rate', () => {
  let now = 0;
  const pacer = new Pacer([{ perSecond: 10, burst: 3 }], () => now);
  expect([1, 2, 3, 4].map(() => pacer.take(['a']))).toEqual([0, 0, 0, 100]);
  now = 99;
  expect(pacer.take(['a'])).toBe(1);
  now = 100;
  expect([pacer.take(['a']), pacer.take(['a'])]).toEqual([0, 100]);
  expect(pacer.take(['b'])).toBe(0);
});

test('a full group refuses its members, which are not charged', () => {
  let now = 0;
  const pacer = new Pacer(
    [
      { perSecond: 1, burst: 2 },
      { perSecond: 1, burst: 1 },
    ],
    () => now,
  );
  expect(pacer.take(['net', 'x'])).toBe(0);
  expect(pacer.take(['net', 'x'])).toBe(1000);
  expect(pacer.take(['net', 'y'])).toBe(0);
  expect(pacer.take(['net', 'z'])).toBe(1000);
  now = 1000;
  expect(pacer.take(['net', 'z'])).toBe(0);
});

test('a flood of members evicts other members, not their group', () => {
  const pacer = new Pacer(
    [
      { perSecond: 1, burst: 60_000 },
      { perSecond: 1, burst: 1 },
    ],
    () => 0,
  );
  pacer.take(['honest net', 'honest']);
  for (let n = 0; n < 60_000; n++) pacer.take(['flood', `${n}`]);
  expect(pacer.take(['flood', 'one more'])).toBeGreaterThan(0);
  expect(pacer.take(['honest net', 'other'])).toBe(0);
});

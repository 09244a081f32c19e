import { describe, expect, it } from 'vitest';
import { FailedAttempts } from '../../server/stores/limits/failed-attempts.ts';

describe('failed attempts', () => {
  it('are counted by the minute, each address by itself', () => {
    let now = 59_000;
    const failures = new FailedAttempts(() => now);
    expect([failures.add('a'), failures.add('a'), failures.add('b')]).toEqual([1, 2, 1]);
    expect([failures.count('a'), failures.retryAfter()]).toEqual([2, 1]);
    now = 60_000;
    expect([failures.count('a'), failures.add('a'), failures.retryAfter()]).toEqual([0, 1, 60]);
  });

  it('are counted for at most the bound of addresses: the least recent is dropped first', () => {
    const failures = new FailedAttempts(() => 0);
    for (let n = 0; n < 50_000; n++) failures.add(`address ${n}`);
    expect(failures.add('address 0')).toBe(2);
    failures.add('one more');
    expect([failures.count('address 0'), failures.count('address 1')]).toEqual([2, 0]);
  });
});

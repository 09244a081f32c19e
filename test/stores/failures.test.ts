import { describe, expect, it } from 'vitest';
import { Failures, throttleGroup } from '../../server/stores/failures.ts';

describe('failures', () => {
  it('are counted by the minute, each for itself', () => {
    let now = 59_000;
    const failures = new Failures(() => now);
    expect([failures.note('a'), failures.note('a'), failures.note('b')]).toEqual([1, 2, 1]);
    expect([failures.count('a'), failures.retryAfter()]).toEqual([2, 1]);
    now = 60_000;
    expect([failures.count('a'), failures.note('a'), failures.retryAfter()]).toEqual([0, 1, 60]);
  });

  it('are counted for no more addresses than the bound: the least recent is forgotten first', () => {
    const failures = new Failures(() => 0);
    for (let n = 0; n < 50_000; n++) failures.note(`address ${n}`);
    expect(failures.note('address 0')).toBe(2);
    failures.note('one more');
    expect([failures.count('address 0'), failures.count('address 1')]).toEqual([2, 0]);
  });
});

describe('the group of an address', () => {
  it.each([
    ['203.0.113.1', '203.0.113.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is %s', (address, group) => {
    expect(throttleGroup(address)).toBe(group);
  });
});

import { expect, test } from 'vitest';
import { addressGroup, addressPath } from '../../shared/fairness/fairness-path.ts';

test.each([
  ['203.0.113.7', ['203.0.113.0/24', '203.0.113.7']],
  ['2001:db8:1:2:3:4:5:6', ['2001:db8:1::/48', '2001:db8:1:2::/64']],
  ['2001:db8::1', ['2001:db8:0::/48', '2001:db8:0:0::/64']],
  ['2001:0DB8:0001:0002::', ['2001:db8:1::/48', '2001:db8:1:2::/64']],
  ['::1', ['0:0:0::/48', '0:0:0:0::/64']],
  ['::', ['0:0:0::/48', '0:0:0:0::/64']],
  ['fe80::1%eth0', ['fe80:0:0::/48', 'fe80:0:0:0::/64']],
  ['64:ff9b:1:2:3:4:192.0.2.1', ['64:ff9b:1::/48', '64:ff9b:1:2::/64']],
  ['1::192.0.2.1', ['1:0:0::/48', '1:0:0:0::/64']],
  ['2001:0db8::1', ['2001:db8:0::/48', '2001:db8:0:0::/64']],
  ['64:ff9b::192.0.2.1', ['64:ff9b:0::/48', '64:ff9b:0:0::/64']],
  [null, ['unknown', 'unknown']],
])('%s is charged to its network, then to its address', (address, key) => {
  expect(addressPath(address)).toEqual(key);
});

test('all addresses of an IPv6 /64 are one group', () => {
  expect(addressGroup('2001:db8:1:2::1')).toBe(addressGroup('2001:db8:1:2:ffff:ffff:ffff:ffff'));
  expect(addressGroup('2001:db8:1:2::1')).not.toBe(addressGroup('2001:db8:1:3::1'));
});

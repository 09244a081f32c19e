import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { expandIPv6, isCanonicalNetwork, isWithin, parseNetwork, plainAddress } from '../../shared/ip.ts';

const canonical = (address: string) =>
  isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address;

/** Few values, so that networks often hold addresses. */
const groups = fc.constantFrom('0', '1', 'db8', 'ff', 'ffff', '8000', '2001');
const wide = fc.array(groups, { minLength: 8, maxLength: 8 }).map((parts) => canonical(parts.join(':')));
const narrow = fc
  .array(fc.constantFrom(0, 1, 10, 127, 128, 255), { minLength: 4, maxLength: 4 })
  .map((parts) => parts.join('.'));
const addresses = fc.oneof(wide, narrow);
const prefixed = fc.tuple(addresses, fc.nat({ max: 128 })).map(([address, prefix]) => {
  const most = isIPv6(address) ? 128 : 32;
  return { address, prefix: prefix % (most + 1), family: isIPv6(address) ? 'ipv6' : 'ipv4' } as const;
});
const written = fc.oneof(
  addresses,
  prefixed.map(({ address, prefix }) => `${address}/${prefix}`),
  fc.stringMatching(/^[0-9a-fA-F:.%/]{1,20}$/),
  fc.string({ maxLength: 20 }),
);

describe('plainAddress', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:FFFF:203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7%eth0', '203.0.113.7'],
    ['::fffe:cb00:7107', '::fffe:cb00:7107'],
    ['1::ffff:cb00:7107', '1::ffff:cb00:7107'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8::1', '2001:db8::1'],
  ])('of %s is %s', (address, expected) => expect(plainAddress(address)).toBe(expected));
});

describe('parseNetwork', () => {
  test.each([
    ['10.0.0.1', { bits: 32, prefix: 32, address: 0x0a000001n }],
    ['10.0.0.1/8', { bits: 32, prefix: 8, address: 0x0a000001n }],
    ['::1', { bits: 128, prefix: 128, address: 1n }],
    ['2001:db8::/32', { bits: 128, prefix: 32, address: 0x20010db8n << 96n }],
  ])('reads %s', (text, expected) => expect(parseNetwork(text)).toEqual(expected));

  test.each([
    ...[
      '',
      '/',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/08',
      '10.0.0.0/+8',
      '10.0.0.0/8/8',
      '10.0.0',
      '0..',
      '010.0.0.1',
    ],
    ...[
      '0x0a.0.0.1',
      '167772161',
      '256.0.0.1',
      '10.0.0.1.',
      ' 10.0.0.1',
      '::1/129',
      '::0001',
      '::A',
      '0:0:0::1',
    ],
    ...['::1.2.3.4', '[::1]', '::1]/x[', 'x@[::1', '::1%eth0', 'localhost', '::/-1', '1:2:3:4:5:6:7::8'],
  ])('refuses %j', (text) => expect(parseNetwork(text)).toBeNull());

  test('accepts exactly the addresses that Node does', () => {
    fc.assert(
      fc.property(written, (text) => {
        const [address = ''] = text.split('/');
        if (parseNetwork(text)) expect(isIPv4(address) || isIPv6(address)).toBe(true);
      }),
    );
    fc.assert(fc.property(narrow, (address) => void expect(parseNetwork(address)).not.toBeNull()));
  });
});

describe('isCanonicalNetwork', () => {
  test.each(['10.0.0.0/8', '10.0.0.1', '0.0.0.0/0', '::/0', '2001:db8::/32', '2001:db8::1'])(
    'is %s',
    (text) => expect(isCanonicalNetwork(text)).toBe(true),
  );
  test.each(['10.0.0.1/8', '2001:db8::1/32', '::ffff:a00:1', '::ffff:10.0.0.1', '10.0.0.0/08', 'nonsense'])(
    'is not %s',
    (text) => expect(isCanonicalNetwork(text)).toBe(false),
  );
});

describe('isWithin', () => {
  const options = { endOnFailure: true, numRuns: 500 };
  const isMapped = (address: string) => /^::ffff:/.test(address);

  test('agrees with a BlockList of Node', () => {
    fc.assert(
      fc.property(addresses, prefixed, (address, { address: network, prefix, family }) => {
        // A BlockList takes an IPv4 address for one of ::ffff:0:0/96 too, and the other way round.
        fc.pre(isIPv6(address) === isIPv6(network) && !isMapped(address) && !isMapped(network));
        fc.pre(parseNetwork(address) !== null && parseNetwork(network) !== null);
        const list = new BlockList();
        list.addSubnet(network, prefix, family);
        expect(isWithin(address, ['192.0.2.1', `${network}/${prefix}`])).toBe(
          list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'),
        );
      }),
      options,
    );
  });

  test.each([
    ['10.1.0.0/16', ['10.0.0.0/8'], true],
    ['10.0.0.0/8', ['10.1.0.0/16'], false],
    ['10.0.0.0/8', ['10.0.0.0/8'], true],
    ['10.0.0.0/8', ['::/0'], false],
    ['::a00:0/104', ['0.0.0.0/0'], false],
    ['2001:db8:1::/48', ['10.0.0.0/8', '2001:db8::/32'], true],
    ['10.0.0.1', [], false],
    ['nonsense', ['0.0.0.0/0'], false],
    ['10.0.0.1', ['nonsense'], false],
  ])('%s within %j: %s', (inner, outers, expected) => expect(isWithin(inner, outers)).toBe(expected));
});

describe('expandIPv6', () => {
  test.each([
    ['::', ['0', '0', '0', '0', '0', '0', '0', '0']],
    ['2001:0DB8::1%eth0', ['2001', 'db8', '0', '0', '0', '0', '0', '1']],
    ['64:ff9b::192.0.2.1', ['64', 'ff9b', '0', '0', '0', '0', 'c000', '201']],
    ['1:2:3:4:5:6:7::', ['1', '2', '3', '4', '5', '6', '7', '0']],
  ])('of %s', (address, expected) => expect(expandIPv6(address)).toEqual(expected));
});

test('S7: of two lists that are compared each network is parsed once', () => {
  const list = (bits: number) =>
    Array.from({ length: 64 }, (_, n) => `2001:db8:${(n + 1).toString(16)}::/${bits}`);
  const [inner, outer] = [list(64), list(48)];
  const parsed = vi.spyOn(URL, 'canParse');
  expect(inner.every((one) => isWithin(one, outer))).toBe(true);
  expect(parsed.mock.calls.length).toBeLessThanOrEqual(128);
  parsed.mockRestore();
});

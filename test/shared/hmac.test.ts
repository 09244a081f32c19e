import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HmacKey, hmacSha256 } from '../../server/lib/hmac.ts';

interface Group {
  tagSize: number;
  tests: { tcId: number; comment: string; key: string; msg: string; tag: string; result: string }[];
}

const { numberOfTests, testGroups }: { numberOfTests: number; testGroups: Group[] } = JSON.parse(
  readFileSync(new URL('../vectors/wycheproof-hmac-sha256.json', import.meta.url), 'utf8'),
);

const cases = testGroups.flatMap(({ tagSize, tests }) => tests.map((one) => ({ ...one, tagSize })));

const bytes = (hex: string) => Buffer.from(hex, 'hex');

describe('Wycheproof HMAC-SHA-256', () => {
  test('has all 174 cases', () => {
    expect(cases).toHaveLength(174);
    expect(numberOfTests).toBe(174);
  });

  const whole = cases.filter(({ tagSize }) => tagSize === 256);
  const truncated = cases.filter(({ tagSize }) => tagSize < 256);

  test.each(whole)('case $tcId, $comment: $result', ({ key, msg, tag, result }) => {
    expect(new HmacKey(bytes(key)).verify(bytes(msg), tag)).toBe(result === 'valid');
  });

  // Valid truncated tags are refused too: a caller must present the whole tag.
  test.each(truncated)('case $tcId, $comment: $tagSize bits are refused', ({ key, msg, tag }) => {
    expect(new HmacKey(bytes(key)).verify(bytes(msg), tag)).toBe(false);
  });
});

describe('HmacKey', () => {
  const SECRET = 'kss_sKPxZ9W3qLy7zKUVQDT7S8sTQCBNR3YbDgbleph1QHt';
  const BASE = 'v1.request\nCLDUdvdr0Uwf';
  const mac = hmacSha256(SECRET, BASE);

  test('accepts the whole MAC in lower-case hex', () => {
    expect(mac).toMatch(/^[0-9a-f]{64}$/);
    expect(new HmacKey(SECRET).verify(BASE, mac)).toBe(true);
  });

  test('refuses every truncation', () => {
    for (let length = 0; length < mac.length; length++) {
      expect(new HmacKey(SECRET).verify(BASE, mac.slice(0, length))).toBe(false);
    }
  });

  test('refuses every MAC with one digit changed', () => {
    for (let at = 0; at < mac.length; at++) {
      const other = mac[at] === '0' ? '1' : '0';
      expect(new HmacKey(SECRET).verify(BASE, mac.slice(0, at) + other + mac.slice(at + 1))).toBe(false);
    }
  });

  test.each([
    ['upper-case hex', mac.toUpperCase()],
    ['more behind it', `${mac}00`],
    ['a newline behind it', `${mac}\n`],
    ['the MAC twice', mac + mac],
    ['64 characters that are not hex', 'z'.repeat(64)],
    ['64 characters that take more bytes', 'é'.repeat(64)],
  ])('refuses %s', (_, text) => {
    expect(new HmacKey(SECRET).verify(BASE, text)).toBe(false);
  });

  test('uses the prefix of the secret as part of the key', () => {
    expect(new HmacKey(SECRET.slice('kss_'.length)).verify(BASE, mac)).toBe(false);
  });
});

test('hmacSha256 agrees with OpenSSL, for texts and bytes of any length', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.uint8Array({ maxLength: 200 }));
  fc.assert(
    fc.property(anything, anything, (secret, message) => {
      expect(hmacSha256(secret, message)).toBe(createHmac('sha256', secret).update(message).digest('hex'));
    }),
  );
});

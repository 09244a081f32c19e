import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BASE62,
  checksum,
  ENVIRONMENTS,
  findKeyText,
  formatKey,
  isKeyId,
  keyIdIn,
  keyParts,
  keyPrefix,
  parseKey,
  readKeyPrefix,
} from '../../shared/key-format.ts';

const ID = 'CLDUdvdr0Uwf';
const SECRET = 'sKPxZ9W3qLy7zKUVQDT7S8sTQCBNR3Yb';
const GOOD = formatKey('ks', 'live', ID, SECRET);

const base62 = (length: number) =>
  fc.string({ unit: fc.constantFrom(...BASE62), minLength: length, maxLength: length });
const environments = fc.constantFrom(...ENVIRONMENTS);
const brands = fc.string({ unit: fc.constantFrom(...BASE62.toLowerCase()), minLength: 1, maxLength: 12 });

describe('checksum', () => {
  test.each([
    ['', '000000'],
    // 0xcbf43926, the check value of CRC-32/ISO-HDLC
    ['123456789', '3jZRME'],
  ])('of %j is %s', (text, expected) => {
    expect(checksum(text)).toBe(expected);
  });

  test('uses the alphabet of the design, in its order', () => {
    expect(BASE62).toBe('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
  });

  test('is the CRC-32 of node:zlib in base62', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        let value = 0;
        for (const digit of checksum(text)) value = value * 62 + BASE62.indexOf(digit);
        expect(checksum(text)).toHaveLength(6);
        expect(value).toBe(crc32(text));
      }),
    );
  });
});

describe('an API key', () => {
  test('has the form of the design', () => {
    expect(GOOD).toMatch(/^ks_live_CLDUdvdr0Uwf_sKPxZ9W3qLy7zKUVQDT7S8sTQCBNR3Yb[0-9A-Za-z]{6}$/);
  });

  test('is parsed back to its parts', () => {
    fc.assert(
      fc.property(brands, environments, base62(12), base62(32), (brand, environment, id, secret) => {
        expect(parseKey(brand, formatKey(brand, environment, id, secret))).toEqual({ environment, id });
      }),
    );
  });

  // CRC-32 finds every burst of up to 32 bits, so one changed character never passes.
  test('is refused with any single character changed', () => {
    const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
    for (let at = 0; at < GOOD.length; at++) {
      for (const other of ascii.filter((character) => character !== GOOD[at])) {
        expect(parseKey('ks', GOOD.slice(0, at) + other + GOOD.slice(at + 1))).toBeNull();
      }
    }
  });

  test('is refused with any single character changed, whichever key it is', () => {
    fc.assert(
      fc.property(
        environments,
        base62(12),
        base62(32),
        fc.nat(),
        fc.constantFrom(...BASE62),
        (environment, id, secret, place, other) => {
          const key = formatKey('ks', environment, id, secret);
          const at = place % key.length;
          fc.pre(key[at] !== other);
          expect(parseKey('ks', key.slice(0, at) + other + key.slice(at + 1))).toBeNull();
        },
      ),
    );
  });

  test.each([
    ['the case of a letter flipped', GOOD.replace('CLDU', 'cLDU')],
    ['two neighbours exchanged', GOOD.replace('CLDU', 'LCDU')],
    ['one character less', GOOD.slice(0, -1)],
    ['one character more', `${GOOD}0`],
    ['a trailing newline', `${GOOD}\n`],
    ['a trailing space', `${GOOD} `],
    ['a leading space', ` ${GOOD}`],
    ['an upper-case brand', GOOD.replace('ks', 'KS')],
    ['an environment that does not exist', withChecksum(GOOD.replace('live', 'prod'))],
    ['an id of eleven characters', withChecksum(GOOD.replace(ID, ID.slice(1)))],
    ['a secret of 31 characters', withChecksum(GOOD.replace(SECRET, SECRET.slice(1)))],
    ['a hyphen in the secret', withChecksum(GOOD.replace(SECRET, `-${SECRET.slice(1)}`))],
    ['a checksum alone', checksum('')],
    ['nothing', ''],
  ])('is refused with %s', (_, text) => {
    expect(parseKey('ks', text)).toBeNull();
  });

  test('of another brand is refused', () => {
    expect(parseKey('acme', GOOD)).toBeNull();
    expect(parseKey('k', GOOD)).toBeNull();
    expect(parseKey('ks', formatKey('ksx', 'live', ID, SECRET))).toBeNull();
  });

  test('is never found in random text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(parseKey('ks', text)).toBeNull();
      }),
    );
  });
});

/** The same string with a right checksum, so that only its format can be wrong. */
function withChecksum(key: string): string {
  return key.slice(0, -6) + checksum(key.slice(0, -6));
}

describe('parts of a key', () => {
  test('are its prefix, id and brand, for any brand', () => {
    fc.assert(
      fc.property(brands, environments, base62(12), base62(32), (name, environment, id, secret) => {
        const brand = `k${name}`;
        const text = formatKey(brand, environment, id, secret);
        expect(keyIdIn(text)).toBe(id);
        expect(readKeyPrefix(text)).toEqual({ prefix: keyPrefix(brand, environment, id), id });
        expect(keyParts(text)).toEqual({ brand, environment, id });
        expect(findKeyText(`KEY="${text}"\n`)).toBe(text);
      }),
    );
  });

  test.each([
    '',
    'nonsense',
    `${GOOD}x`,
    ` ${GOOD}`,
    `${GOOD}\n`,
    GOOD.slice(1, -1),
    GOOD.replace('live', 'prod'),
  ])('has no id in %j', (text) => expect(keyIdIn(text)).toBeNull());

  test('do not exist in text that is not a key', () => {
    expect(readKeyPrefix('eyJhbGciOiJFZERTQSJ9.e30.c2ln')).toBeNull();
    expect(readKeyPrefix(` ${GOOD}`)).toBeNull();
    expect(findKeyText(`${GOOD}x`)).toBeNull();
    expect(keyParts('nonsense')).toEqual({ brand: 'nonsense', environment: '', id: '' });
  });

  test('include an id of twelve base62 characters', () => {
    expect(isKeyId(ID)).toBe(true);
    for (const text of ['', ID.slice(1), `${ID}0`, `${ID}\n`, ID.replace('C', '-')])
      expect(isKeyId(text)).toBe(false);
  });
});

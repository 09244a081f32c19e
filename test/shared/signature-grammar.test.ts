import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatSignature, isSessionId, parseSignature } from '../../shared/signature.ts';

const K = 'CLDUdvdr0Uwf';
const T = '1795941310';
const N = '61QTC4XATWS8PHp9NHfYjF';
const S = '1c3950b78c33d75ab0b28f17d967e25d9deb1ac49e20dea3680c2e9b79b08e21';
const GOOD = `v1,k=${K},t=${T},n=${N},s=${S}`;

/** The valid header with one parameter's value replaced. */
const having = ({ k = K, t = T, n = N, s = S }) => `v1,k=${k},t=${t},n=${n},s=${s}`;

describe('the parser of x-signature accepts', () => {
  test('a signature by a key', () => {
    expect(parseSignature(GOOD)).toEqual({ k: K, t: 1795941310, nonce: N, mac: S });
  });

  test('a signature by a session', () => {
    expect(parseSignature(having({ k: `ses_${K}` }))?.k).toBe(`ses_${K}`);
  });

  test.each([22, 43, 64])('a nonce of %i characters', (length) => {
    expect(parseSignature(having({ n: '-'.repeat(length) }))?.nonce).toHaveLength(length);
  });
});

const MALFORMED: Record<string, string> = {
  'an empty header': '',
  'the version alone': 'v1',
  'another version': GOOD.replace('v1', 'v2'),
  'an upper-case version': GOOD.replace('v1', 'V1'),
  'no version': GOOD.slice(3),

  'upper-case hex': having({ s: S.toUpperCase() }),
  'one upper-case digit': having({ s: S.replace('c', 'C') }),
  'an empty s': having({ s: '' }),
  'a short s': having({ s: S.slice(1) }),
  'half an s': having({ s: S.slice(0, 32) }),
  'a long s': having({ s: `${S}0` }),
  's that is not hex': having({ s: `${S.slice(1)}g` }),
  's in base64url': having({ s: Buffer.from(S, 'hex').toString('base64url') }),

  'no k': `v1,t=${T},n=${N},s=${S}`,
  'no t': `v1,k=${K},n=${N},s=${S}`,
  'no n': `v1,k=${K},t=${T},s=${S}`,
  'no s': `v1,k=${K},t=${T},n=${N}`,
  'an extra parameter at the end': `${GOOD},x=1`,
  'an extra parameter in the middle': `v1,k=${K},t=${T},x=1,n=${N},s=${S}`,
  'k and t exchanged': `v1,t=${T},k=${K},n=${N},s=${S}`,
  's before n': `v1,k=${K},t=${T},s=${S},n=${N}`,
  'a repeated k': `v1,k=${K},k=${K},t=${T},n=${N},s=${S}`,
  'a repeated t': `v1,k=${K},t=${T},t=${T},n=${N},s=${S}`,
  'a repeated n': `v1,k=${K},t=${T},n=${N},n=${N},s=${S}`,
  'a repeated s': `${GOOD},s=${S}`,
  'two signatures joined': `${GOOD}, ${GOOD}`,
  'an upper-case parameter name': GOOD.replace('k=', 'K='),

  'a trailing space': `${GOOD} `,
  'a leading space': ` ${GOOD}`,
  'a trailing tab': `${GOOD}\t`,
  'a trailing newline': `${GOOD}\n`,
  'a trailing carriage return': `${GOOD}\r`,
  'a trailing comma': `${GOOD},`,
  'trailing junk': `${GOOD};junk`,
  'a trailing NUL': `${GOOD}\0`,
  'a second line': `${GOOD}\n${GOOD}`,
  'spaces after the commas': GOOD.replaceAll(',', ', '),
  'quoted values': `v1,k="${K}",t=${T},n="${N}",s="${S}"`,
  'semicolons for commas': GOOD.replaceAll(',', ';'),

  't as a float': having({ t: '1795941310.0' }),
  't as a float of ten characters': having({ t: '17959413.0' }),
  't in scientific notation': having({ t: '1e9' }),
  't in scientific notation of ten characters': having({ t: '1.795941e9' }),
  'a negative t': having({ t: `-${T}` }),
  'a negative t of ten characters': having({ t: '-179594131' }),
  't with a plus': having({ t: `+${T}` }),
  't with leading zeros': having({ t: `00${T}` }),
  't of ten digits with a leading zero': having({ t: '0795941310' }),
  't of nine digits': having({ t: '179594131' }),
  't of eleven digits': having({ t: '17959413100' }),
  't in milliseconds': having({ t: `${T}000` }),
  't in hex': having({ t: '0x6b0bf5be' }),
  't in other digits': having({ t: '١٧٩٥٩٤١٣١٠' }),
  'an empty t': having({ t: '' }),
  't that is no number': having({ t: 'NaN' }),
  't with a space': having({ t: ` ${T}` }),

  'an empty nonce': having({ n: '' }),
  'a nonce of 21 characters': having({ n: 'a'.repeat(21) }),
  'a nonce of 65 characters': having({ n: 'a'.repeat(65) }),
  'a nonce with padding': having({ n: `${N}==` }),
  'a nonce of plain base64': having({ n: `${N}+/` }),
  'a nonce with a comma': having({ n: `${N},${N}` }),
  'a nonce with a newline': having({ n: `${N}\n` }),
  'a nonce beyond ASCII': having({ n: `${N}é` }),

  'an empty k': having({ k: '' }),
  'a k of eleven characters': having({ k: K.slice(1) }),
  'a k of thirteen characters': having({ k: `${K}0` }),
  'a k with a hyphen': having({ k: `${K.slice(1)}-` }),
  'a k of another kind': having({ k: `usr_${K}` }),
  'an upper-case session prefix': having({ k: `SES_${K}` }),
  'a session prefix alone': having({ k: 'ses_' }),
  'a k with a newline': having({ k: `${K}\n` }),
  'a whole API key for k': having({ k: `ks_live_${K}` }),
};

describe('the parser of x-signature refuses', () => {
  test.each(Object.entries(MALFORMED))('%s', (_, header) => {
    expect(header).not.toBe(GOOD);
    expect(parseSignature(header)).toBeNull();
  });

  test('any text that the formatter would not write', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        const parsed = parseSignature(header);
        expect(parsed === null || formatSignature(parsed) === header).toBe(true);
      }),
    );
  });

  test('any insertion into a valid header, unless it parses back unchanged', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: GOOD.length }),
        fc.string({ unit: 'grapheme-ascii', minLength: 1 }),
        (at, junk) => {
          const header = GOOD.slice(0, at) + junk + GOOD.slice(at);
          const parsed = parseSignature(header);
          expect(parsed === null || formatSignature(parsed) === header).toBe(true);
        },
      ),
    );
  });
});

describe('isSessionId', () => {
  test('distinguishes a session from a key', () => {
    expect(isSessionId(`ses_${K}`)).toBe(true);
    expect(isSessionId(K)).toBe(false);
    expect(isSessionId('sesDUdvdr0Uw')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { identifyCaller } from '../../client/guard/caller-address.ts';

/** The key by which a guard tells a caller without an address from others. */
const claimedIn = (input: string, more: [string, string][] = []) =>
  identifyCaller({ headers: [['signature-input', input], ...more], peer: null } as never, undefined).group[1];

describe('the key that a request claims', () => {
  it.each([
    ['a=("@method");created=1;nonce="0123456789abcdef";keyid="AAAAAAAAAAAA"', 'AAAAAAAAAAAA'],
    ['a=("@method"); keyid="ses_AAAAAAAAAAAA";tag="keyseal"', 'ses_AAAAAAAAAAAA'],
    ['a=("@method");nonce=";keyid=";keyid="AAAAAAAAAAAA"', 'AAAAAAAAAAAA'],
    ['a=("x-\\";keyid=\\"BBBBBBBBBBBB\\"");keyid="AAAAAAAAAAAA"', 'AAAAAAAAAAAA'],
    ['bot=("@authority");keyid="BBBBBBBBBBBB";tag="web-bot-auth", a=();keyid="AAAAAAAAAAAA"', 'AAAAAAAAAAAA'],
    ['proxy=();keyid="proxy", a=();keyid="AAAAAAAAAAAA"', 'AAAAAAAAAAAA'],
    ['(;keyid="AAAAAAAAAAAA"', 'none'],
    ['a=();keyid="proxy"', 'none'],
  ])('is read as a structured field: %s', (input, key) => {
    expect(claimedIn(input)).toBe(key);
  });
});

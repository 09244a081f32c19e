import { sha256Hex } from '../../client/signing/hmac.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { decoded, rewritten } from './common-mistakes.ts';
import type { PastedRequest } from './request-parts.ts';

/** The same line of two bases. */
interface Pair {
  readonly ours: string;
  readonly keyseals: string;
}

type Rule = readonly [why: Why, holds: (pair: Pair) => boolean];

/** Why a line differs: the first rule that holds. Each has an explanation in words. */
const RULES: Readonly<Record<number, readonly Rule[]>> = {
  2: [['kWholeKey', ({ ours }) => /^[a-z][a-z0-9]*_(live|test)_/.test(ours)]],
  3: [['milliseconds', ({ ours }) => /^\d{13}$/.test(ours)]],
  5: [['methodCase', ({ ours, keyseals }) => ours.toUpperCase() === keyseals.toUpperCase()]],
  6: [
    ['scheme', ({ ours }) => ours.includes('://')],
    ['authorityCase', ({ ours, keyseals }) => ours.toLowerCase() === keyseals.toLowerCase()],
    ['port', ({ ours, keyseals }) => withoutPort(ours) === withoutPort(keyseals)],
  ],
  7: [
    ['wholeUrl', ({ ours }) => ours.includes('://')],
    ['noQuery', ({ ours, keyseals }) => !ours.includes('?') && ours === keyseals.split('?', 1)[0]],
    ['decoded', ({ ours, keyseals }) => decoded(ours) === decoded(keyseals)],
    ['reordered', ({ ours, keyseals }) => sorted(ours) === sorted(keyseals)],
    ['pathSlash', ({ ours, keyseals }) => withoutSlash(ours) === withoutSlash(keyseals)],
  ],
  8: [
    ['contentTypeMissing', ({ ours }) => ours === ''],
    ['contentTypeAbsent', ({ keyseals }) => keyseals === ''],
    ['contentTypeParameters', ({ ours, keyseals }) => typeOf(ours) === typeOf(keyseals)],
  ],
  9: [
    ['digestEmpty', ({ ours }) => ours === ''],
    ['digestUpper', ({ ours, keyseals }) => ours.toLowerCase() === keyseals],
    ['tokenMissing', ({ ours }) => ours === EMPTY_SHA256],
    ['tokenNotSent', ({ keyseals }) => keyseals === EMPTY_SHA256],
  ],
  10: [
    ['digestEmpty', ({ ours }) => ours === ''],
    ['digestUpper', ({ ours, keyseals }) => ours.toLowerCase() === keyseals],
    ['digestBase64', ({ ours }) => /^[\w+/-]{43}=?$/.test(ours)],
    ['bodyMissing', ({ ours }) => ours === EMPTY_SHA256],
    ['bodyNotSent', ({ keyseals }) => keyseals === EMPTY_SHA256],
  ],
};

export type Why =
  | 'kWholeKey'
  | 'milliseconds'
  | 'methodCase'
  | 'scheme'
  | 'authorityCase'
  | 'port'
  | 'wholeUrl'
  | 'noQuery'
  | 'decoded'
  | 'reordered'
  | 'pathSlash'
  | 'contentTypeMissing'
  | 'contentTypeAbsent'
  | 'contentTypeParameters'
  | 'digestEmpty'
  | 'digestUpper'
  | 'digestBase64'
  | 'tokenMissing'
  | 'tokenNotSent'
  | 'bodyMissing'
  | 'bodyNotSent'
  | 'bodyNewline'
  | 'bodyRewritten'
  | 'other';

/**
 * The usual reason why one line of a base differs from Keyseal's.
 * @param at 1 to 10
 * @param request if it is known, its body is tried in other forms
 */
export async function diagnoseLine(at: number, pair: Pair, request: PastedRequest | null): Promise<Why> {
  const why = RULES[at]?.find(([, holds]) => holds(pair))?.[0];
  if (why || at !== 10 || !request) return why ?? 'other';
  if (pair.ours === (await sha256Hex(`${request.body}\n`))) return 'bodyNewline';
  return pair.ours === (await sha256Hex(rewritten(request.body))) ? 'bodyRewritten' : 'other';
}

const withoutPort = (authority: string): string => authority.toLowerCase().replace(/:\d+$/, '');
const withoutSlash = (target: string): string => target.replace(/\/(?=\?|$)/, '');
const typeOf = (contentType: string): string | undefined =>
  contentType.split(';', 1)[0]?.trim().toLowerCase();

function sorted(target: string): string {
  const [path, query = ''] = target.split('?');
  return `${path}?${query.split('&').sort().join('&')}`;
}

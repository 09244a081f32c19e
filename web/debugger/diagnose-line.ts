import { sha256Hex } from '../../client/signing/hmac.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { decodeTarget, rewriteJson } from './common-mistakes.ts';
import type { PastedRequest } from './request-parts.ts';

/** A line of the base that a client made, and the line that Keyseal expects. */
interface LinePair {
  readonly actual: string;
  readonly expected: string;
}

type Rule = readonly [difference: LineDifference, holds: (pair: LinePair) => boolean];

/** Why a line differs: the first rule that holds. Each has an explanation in words. */
const RULES: Readonly<Record<number, readonly Rule[]>> = {
  2: [['kWholeKey', ({ actual }) => /^[a-z][a-z0-9]*_(live|test)_/.test(actual)]],
  3: [['milliseconds', ({ actual }) => /^\d{13}$/.test(actual)]],
  5: [['methodCase', ({ actual, expected }) => actual.toUpperCase() === expected.toUpperCase()]],
  6: [
    ['scheme', ({ actual }) => actual.includes('://')],
    ['authorityCase', ({ actual, expected }) => actual.toLowerCase() === expected.toLowerCase()],
    ['port', ({ actual, expected }) => withoutPort(actual) === withoutPort(expected)],
  ],
  7: [
    ['wholeUrl', ({ actual }) => actual.includes('://')],
    ['noQuery', ({ actual, expected }) => !actual.includes('?') && actual === expected.split('?', 1)[0]],
    ['decoded', ({ actual, expected }) => decodeTarget(actual) === decodeTarget(expected)],
    ['reordered', ({ actual, expected }) => sortQuery(actual) === sortQuery(expected)],
    ['pathSlash', ({ actual, expected }) => withoutSlash(actual) === withoutSlash(expected)],
  ],
  8: [
    ['contentTypeMissing', ({ actual }) => actual === ''],
    ['contentTypeAbsent', ({ expected }) => expected === ''],
    ['contentTypeParameters', ({ actual, expected }) => typeOf(actual) === typeOf(expected)],
  ],
  9: [
    ['digestEmpty', ({ actual }) => actual === ''],
    ['digestUpper', ({ actual, expected }) => actual.toLowerCase() === expected],
    ['tokenMissing', ({ actual }) => actual === EMPTY_SHA256],
    ['tokenNotSent', ({ expected }) => expected === EMPTY_SHA256],
  ],
  10: [
    ['digestEmpty', ({ actual }) => actual === ''],
    ['digestUpper', ({ actual, expected }) => actual.toLowerCase() === expected],
    ['digestBase64', ({ actual }) => /^[\w+/-]{43}=?$/.test(actual)],
    ['bodyMissing', ({ actual }) => actual === EMPTY_SHA256],
    ['bodyNotSent', ({ expected }) => expected === EMPTY_SHA256],
  ],
};

export type LineDifference =
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
export async function diagnoseLine(
  at: number,
  pair: LinePair,
  request: PastedRequest | null,
): Promise<LineDifference> {
  const difference = RULES[at]?.find(([, holds]) => holds(pair))?.[0];
  if (difference || at !== 10 || !request) return difference ?? 'other';
  if (pair.actual === (await sha256Hex(`${request.body}\n`))) return 'bodyNewline';
  return pair.actual === (await sha256Hex(rewriteJson(request.body))) ? 'bodyRewritten' : 'other';
}

const withoutPort = (authority: string): string => authority.toLowerCase().replace(/:\d+$/, '');
const withoutSlash = (target: string): string => target.replace(/\/(?=\?|$)/, '');
const typeOf = (contentType: string): string | undefined =>
  contentType.split(';', 1)[0]?.trim().toLowerCase();

function sortQuery(target: string): string {
  const [path, query = ''] = target.split('?');
  return `${path}?${query.split('&').sort().join('&')}`;
}

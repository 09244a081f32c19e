import { describe, expect, it } from 'vitest';
import { Time, timeFaultOf } from '../../server/gate/user-token/token-times.ts';

const NOW = 1_800_000_000;
const limits = { tolerance: 10, maxLifetime: 3_600 };
const right = { iat: NOW - 5, nbf: NOW - 5, exp: NOW + 300 };

describe('the times of a token', () => {
  it.each([
    ['as they should be', right],
    ['none', {}],
    ['without iat and nbf', { exp: NOW + 3_600 }],
    ['by a clock that is ahead', { iat: NOW + 70, nbf: NOW + 70, exp: NOW + 300 }],
    ['by an instance that is ahead', { iat: NOW + 30, exp: NOW + 3_630 }],
    ['expired within the tolerance', { ...right, exp: NOW - 4 }],
    ['before 1970', { ...right, nbf: -1 }],
    ['just valid for long enough', { iat: NOW, exp: NOW + 3_600 }],
  ])('%s are right', (_, times) => {
    expect(timeFaultOf(times, limits, NOW)).toBeNull();
  });

  it.each([
    ['early', { ...right, iat: NOW + 71 }],
    ['early', { ...right, nbf: NOW + 71 }],
    ['early', { ...right, nbf: Number.MAX_SAFE_INTEGER }],
    ['long', { iat: NOW, exp: NOW + 3_601 }],
    ['long', { exp: NOW + 3_601 }],
    ['long', { exp: Number.MAX_SAFE_INTEGER }],
    ['long', { iat: -Number.MAX_SAFE_INTEGER, exp: NOW + 300 }],
    ['long', { iat: NOW, exp: NOW }],
    ['long', { iat: NOW + 50, exp: NOW + 40 }],
    ['expired', { ...right, exp: NOW - 10, iat: NOW - 20 }],
    ['expired', { exp: 0 }],
    ['expired', { exp: -1 }],
  ] as const)('that are %s are found: %o', (fault, times) => {
    expect(timeFaultOf(times, limits, NOW)).toBe(fault);
  });

  it('are too old for a token that must be new', () => {
    const young = { ...limits, maxAge: 600 };
    expect(timeFaultOf({ ...right, iat: NOW - 610 }, young, NOW)).toBeNull();
    expect(timeFaultOf({ ...right, iat: NOW - 611 }, young, NOW)).toBe('old');
    expect(timeFaultOf({ exp: NOW + 300 }, young, NOW)).toBe('old');
  });

  it('are never right if one of them, or the clock, is no number', () => {
    for (const none of [Number.NaN, Infinity])
      for (const name of ['iat', 'nbf', 'exp'] as const)
        expect(timeFaultOf({ ...right, [name]: none }, limits, NOW)).not.toBeNull();
    for (const now of [Number.NaN, -Infinity]) expect(timeFaultOf(right, limits, now)).not.toBeNull();
  });

  it.each([
    [1.5],
    ['1800000000'],
    [null],
    [true],
    [[NOW]],
    [{ valueOf: () => NOW }],
    [2 ** 53],
    [1e300],
    [Number.NaN],
  ])('are no such value: %o', (value) => {
    expect(Time.safeParse(value).success).toBe(false);
  });
});

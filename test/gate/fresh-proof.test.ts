import { describe, expect, it } from 'vitest';
import type { Caller } from '../../server/gate/caller/caller.ts';
import { requireFreshProof } from '../../server/gate/rights/fresh-proof.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

const by = (kind: 'user' | 'session', provenAt: unknown) => ({ kind, session: { provenAt } }) as Caller;
const refuses = (caller: Caller, now = NOW): boolean => {
  try {
    requireFreshProof(caller, now);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ reason: 'STEP_UP_REQUIRED' });
    return true;
  }
};

describe('a fresh proof', () => {
  it.each([
    [0, false],
    [10 * MINUTE, false],
    [10 * MINUTE + 1, true],
    [-1, true],
  ])('that is %d ms old is refused: %s', (age, refused) => {
    expect(refuses(by('user', NOW - age))).toBe(refused);
    expect(refuses(by('session', NOW - age))).toBe(refused);
  });

  it.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'at %s refuses',
    (provenAt) => expect(refuses(by('user', provenAt))).toBe(true),
  );

  it('refuses if the clock is no number', () => {
    expect(refuses(by('user', NOW), Number.NaN)).toBe(true);
  });

  it('is not asked of a key', () => {
    expect(refuses({ kind: 'key' } as Caller)).toBe(false);
  });
});

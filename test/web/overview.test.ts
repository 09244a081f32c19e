import { expect, test } from 'vitest';
import { hasSafeguard, safetyOf } from '../../web/key-model/safety.ts';
import { en } from '../../web/overview/en.ts';
import { fr } from '../../web/overview/fr.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const daysFromNow = (days: number) => new Date(NOW + days * 86_400_000).toISOString();

type CheckedKey = Parameters<typeof hasSafeguard>[0];
const LIMIT = { name: 'minute', limit: 10, seconds: 60 } as unknown as CheckedKey['limits'][number];

/** A key with nothing to say about it. */
const SAFE: CheckedKey = {
  environment: 'live',
  permissions: ['exemple:read'],
  expiresAt: daysFromNow(60),
  limits: [LIMIT],
  credits: null,
  lastUsedAt: daysFromNow(-1),
  createdAt: daysFromNow(-200),
};
const findingsOf = (changes: Partial<CheckedKey>) =>
  Object.entries(safetyOf([{ ...SAFE, ...changes }], NOW))
    .filter(([, keys]) => keys.length > 0)
    .map(([name]) => name);

test.each<[string, Partial<CheckedKey>, string[]]>([
  ['is safe', {}, []],
  ['never expires', { expiresAt: null }, ['forever']],
  ['never expires, and is for trying out', { expiresAt: null, environment: 'test' }, []],
  ['may delete the workspace', { permissions: ['workspaces:delete'] }, ['powerful']],
  ['may do all about keys', { permissions: ['keys:*'] }, ['powerful']],
  ['may do all about keys for trying out', { permissions: ['keys:*'], environment: 'test' }, []],
  ['only reads keys', { permissions: ['keys:read', 'members:read'] }, []],
  ['has no limit', { limits: [] }, ['unlimited']],
  ['expires in 13 days', { expiresAt: daysFromNow(13) }, ['expiring']],
  ['expires in 15 days', { expiresAt: daysFromNow(15) }, []],
  ['was used 91 days ago', { lastUsedAt: daysFromNow(-91) }, ['idle']],
  ['was used 89 days ago', { lastUsedAt: daysFromNow(-89) }, []],
  ['was never used since 200 days', { lastUsedAt: null }, ['idle']],
  ['was created yesterday', { lastUsedAt: null, createdAt: daysFromNow(-1) }, []],
])('the findings for a key that %s', (_, changes, expected) => {
  expect(findingsOf(changes)).toEqual(expected);
});

test('an expiry, a limit or credits count as a safeguard', () => {
  expect(hasSafeguard(SAFE)).toBe(true);
  expect(hasSafeguard({ ...SAFE, limits: [] })).toBe(true);
  expect(hasSafeguard({ ...SAFE, limits: [], expiresAt: null })).toBe(false);
});

test('without a finding, the page claims an expiry and a limit of live keys only', () => {
  expect(findingsOf({ environment: 'test', expiresAt: null, limits: [] })).toEqual([]);
  expect(en.safe.all).toMatch(/\bevery live key expires and has a limit or credits,/);
  expect(fr.safe.all).toMatch(/chaque clé de production expire et a une limite ou des crédits,/);
});

import { describe, expect, it } from 'vitest';
import { isSubjectPattern, matchesSubject } from '../../shared/subject-pattern.ts';

describe('a pattern of subjects', () => {
  it.each([
    'repo:acme/shop:ref:refs/heads/main',
    'repo:acme/*:ref:refs/heads/*',
    'system:serviceaccount:shop:*',
    '117204571924318567021',
    'spiffe://cluster.local/ns/*/sa/builder',
    '{6d1a0a2e-0c6f-4b7e-9d59-0d5f3e7b8a11}:*',
  ])('may be %s', (pattern) => {
    expect(isSubjectPattern(pattern)).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['a wildcard', '*'],
    ['wildcards alone', '*:*/*'],
    ['one that begins with a wildcard', '*:acme'],
    ['one that begins with a separator', '/acme'],
    ['one whose first segment has a wildcard', 'repo*:acme'],
    ['a wildcard that is a part of a segment', 'repo:acme*'],
    ['a wildcard before the end of a segment', 'repo:*-shop'],
    ['two wildcards in a segment', 'repo:**'],
    ['a line end', 'repo:acme/shop\n'],
    ['a letter that looks like another', 'repo:\u0430cme/shop'],
    ['text that is turned around', 'repo:\u202eacme'],
    ['too long', `repo:${'a'.repeat(251)}`],
  ])('is not %s', (_, pattern) => {
    expect(isSubjectPattern(pattern)).toBe(false);
  });
});

describe('a subject', () => {
  it.each([
    ['repo:acme/shop', 'repo:acme/shop'],
    ['repo:acme/*', 'repo:acme/shop'],
    ['repo:acme/*:ref:refs/heads/*', 'repo:acme/shop:ref:refs/heads/main'],
    ['system:serviceaccount:*:builder', 'system:serviceaccount:shop:builder'],
    ['repo:a.c+e/(shop)', 'repo:a.c+e/(shop)'],
  ])('fits %s: %s', (pattern, subject) => {
    expect(matchesSubject(pattern, subject)).toBe(true);
  });

  it.each([
    ['repo:acme/*', 'repo:acme-evil/x'],
    ['repo:acme/*', 'repo:acme'],
    ['repo:acme/*', 'repo:acme/'],
    ['repo:acme/*', 'repo:acme/shop/more'],
    ['repo:acme/*', 'repo:acme/shop:pull_request'],
    ['repo:acme/*', 'x:repo:acme/shop'],
    ['repo:acme/*', 'repo:evil/acme/shop'],
    ['repo:acme/*', ' repo:acme/shop'],
    ['repo:acme/*', 'repo:acme/shop\n'],
    ['repo:acme/*', 'repo:acme/shop\nrepo:evil/x'],
    ['repo:acme/*', 'repo:acm\u0435/shop'],
    ['repo:acme/*', 'repo:acme\u2215shop'],
    ['repo:acme/*', 'repo:acme/sh\u00f6p'],
    ['repo:acme/*', 'REPO:acme/shop'],
    ['repo:acme/*', 'repo/acme:shop'],
    ['repo:a.me/shop', 'repo:acme/shop'],
    ['repo:acme/shop?', 'repo:acme/sho'],
    ['repo:(acme|evil)/shop', 'repo:acme/shop'],
    ['repo:acme/[a-z]', 'repo:acme/a'],
    ['repo:acme/shop$', 'repo:acme/shop'],
    ['repo:acme/*:ref:refs/heads/main', 'repo:acme/shop:ref:refs/heads/main-2'],
    ['repo:acme/*:ref:refs/heads/main', 'repo:acme/shop:ref:refs/heads/x/main'],
    ['repo:acme/shop', 'repo:acme/shop:ref:refs/heads/main'],
    ['repo:acme/shop:ref:refs/heads/main', 'repo:acme/shop'],
  ])('does not fit %s: %j', (pattern, subject) => {
    expect(matchesSubject(pattern, subject)).toBe(false);
  });

  it('of any length is compared in linear time', () => {
    const begun = performance.now();
    expect(matchesSubject(`repo${':*'.repeat(120)}`, `repo${':a'.repeat(200_000)}`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});

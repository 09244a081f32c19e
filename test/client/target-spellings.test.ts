import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beforeUrlEncoding, otherSpellings } from '../../client/guard/target-spellings.ts';
import { targetFault } from '../../shared/request-rules.ts';
import { targetMeaning } from '../../shared/target-meaning.ts';

const pairsOf = (target: string) => [...new URL(target, 'http://localhost').searchParams];
const queries = fc
  .array(fc.tuple(fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 })), {
    maxLength: 4,
  })
  .map(
    (pairs) => `/items?${new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value]))}`,
  );

describe('C1: other spellings of a target', () => {
  it('have the same meaning, are well-formed, and are few', () => {
    fc.assert(
      fc.property(queries, (target) => {
        const others = otherSpellings(target);
        expect(others.length).toBeLessThanOrEqual(31);
        expect(new Set([target, ...others]).size).toBe(others.length + 1);
        for (const other of others) {
          expect(pairsOf(other)).toEqual(pairsOf(target));
          expect([targetFault(other), targetMeaning(other)]).toEqual([null, targetMeaning(target)]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('contain the encoding of encodeURIComponent, if the target has that of URLSearchParams', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const target = `/items?${new URLSearchParams([['input', text]])}`;
        expect([target, ...otherSpellings(target)]).toContain(`/items?input=${encodeURIComponent(text)}`);
      }),
    );
  });

  it.each([
    // axios before 1.12; qs with `encodeValuesOnly`, and `format: 'RFC1738'`; a template with `encodeURIComponent`.
    '/o?filter[path]=a%2Fb',
    '/o?mail[]=a%40b.c',
    '/o?filters[mail][$eq]=a%40b.c',
    '/o?filters[mail][$eq]=a%40b+c',
    '/o?filters[mail][$eq]=a%40b%20c',
    '/o?at[$gt]=12:30+(a),[b]%2F',
    '/o?at[$gt]=12%3A30%20%28a%29%2C%5Bb%5D%2F',
    '/o?at[$gt]=12%3A30+(a)%2C%5Bb%5D%2F',
    '/o?at[$gt]=12%3A30+%28a%29%2C%5Bb%5D%2F',
    "/o?at[$gt]=it's%20(a)%2C%5Bb%5D%2F",
  ])('contain the nested names of common clients: %s', (target) => {
    const rewritten = `/o?${new URL(target, 'http://localhost').searchParams}`;
    expect(otherSpellings(rewritten)).toContain(target);
  });

  it.each([
    ['of many parts', `/items?${Array(4_000).fill('a').join('&')}`],
    ['of characters that are encoded', `/items?a=${'%22'.repeat(5_000)}`],
    ['of other characters', `/items?a=${'%F0%9F%8D%B5'.repeat(1_300)}`],
  ])('S11: of a long query %s are bounded: anyone may send one', (_, target) => {
    expect(otherSpellings(target).join('').length).toBeLessThanOrEqual(64 * 1024);
  });

  it('are no longer than Keyseal accepts one: it would refuse the whole report', () => {
    const target = `/items?a=x+${'('.repeat(6_000)}`;
    const others = otherSpellings(target);
    expect(others.length).toBeGreaterThan(0);
    expect(Math.max(...others.map(({ length }) => length))).toBeLessThanOrEqual(16_384);
  });

  it.each([
    ['/a?x=1', '/b?x=1'],
    ['/a?x=1', '/a?x=2'],
    ['/a?x=1&y=2', '/a?y=2&x=1'],
    ['/a?x=1&x=1', '/a?x=1'],
    ['/a?x=a+b', '/a?x=a%2Bb'],
    ['/a?x', '/a'],
    ['/a%2F', '/a/'],
  ])('do not treat %s as %s', (target, other) => {
    expect(targetMeaning(target)).not.toBe(targetMeaning(other));
    expect(otherSpellings(target)).not.toContain(other);
  });
});

describe('C1: the targets from which the URL standard may have made one', () => {
  it.each([
    ["/a?q=O'Brien", ["/a?q=O'Brien"]],
    [`/a?input={"name":"O'Brien"}`, [`/a?input={%22name%22:%22O'Brien%22}`, `/a?input={"name":"O'Brien"}`]],
    ['/a?q=%22%3e%27', [`/a?q=%22%3e'`, `/a?q="%3e'`]],
    ["/a'b?q=1", []],
    ['/a?q=1', []],
    ['/a%27', []],
  ])('%s', (sent, others) => {
    const { pathname, search } = new URL(sent, 'http://localhost');
    const found = beforeUrlEncoding(pathname + search);
    expect(found).toEqual(others);
    for (const other of found) expect(targetMeaning(other)).toBe(targetMeaning(pathname + search));
  });
});

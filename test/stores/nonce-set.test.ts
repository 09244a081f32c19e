import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOf, NonceSet, nonceDigest, wordsOf } from '../../server/stores/replay/nonce-set.ts';

const words = fc.tuple(...Array.from({ length: 4 }, () => fc.constantFrom(0, 1, 16, 2 ** 32 - 1)));
const digests = fc.array(
  words.map((four) => Uint32Array.from(four)),
  { maxLength: 300 },
);

/** Few words, so that many digests collide and need neighbouring slots. */
it('contains what was added, with its key, and nothing else', () => {
  fc.assert(
    fc.property(digests, digests, (added, others) => {
      const set = new NonceSet();
      const known = new Map<string, number>();
      for (const digest of added) {
        expect(set.has(digest)).toBe(known.has(String(digest)));
        if (known.has(String(digest))) continue;
        known.set(String(digest), known.size + 1);
        set.add(digest, known.size);
      }
      expect(set.size).toBe(known.size);
      expect(new Map([...set].map(([digest, holder]) => [String(digest), holder]))).toEqual(known);
      for (const digest of others) expect(set.has(digest)).toBe(known.has(String(digest)));
    }),
  );
});

it('distinguishes a hundred thousand nonces', () => {
  const set = new NonceSet();
  for (let n = 0; n < 100_000; n++) {
    const digest = nonceDigest('abcdefghijkl', `nonce ${n}`);
    expect(set.has(digest)).toBe(false);
    set.add(digest, 1);
  }
  for (let n = 0; n < 100_000; n++) expect(set.has(nonceDigest('abcdefghijkl', `nonce ${n}`))).toBe(true);
  expect(set.has(nonceDigest('abcdefghijkm', 'nonce 1'))).toBe(false);
});

it('saves a digest and restores it', () => {
  const digest = nonceDigest('abcdefghijkl', 'a nonce');
  expect(wordsOf(bytesOf(digest))).toEqual(digest);
});

/**
 * The holder of a key chooses the nonces, and can find some whose digests begin alike by trying. If the slot of a
 * nonce were predictable, these would form one run, and each lookup would walk through all before it: that would not
 * finish within the time of a test.
 */
it('holds a quarter of a million chosen nonces as fast as random ones', () => {
  const set = new NonceSet();
  const chosen = (n: number) => Uint32Array.of(0, n, n * 7, 0);
  for (let n = 0; n < 250_000; n++) {
    if (set.has(chosen(n))) expect.fail(`${n} was there`);
    set.add(chosen(n), 1);
  }
  for (let n = 0; n < 250_000; n++) if (!set.has(chosen(n))) expect.fail(`lost ${n}`);
});

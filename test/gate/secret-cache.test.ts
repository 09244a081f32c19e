import { describe, expect, it } from 'vitest';
import { hmacKeyOf, isBearerOf } from '../../server/gate/bearer/secret-cache.ts';
import { hmacSha256 } from '../../server/lib/hmac.ts';
import type { KeyRecord } from '../../server/stores/credentials/credential-rows.ts';

const record = () => ({ id: 'key' }) as KeyRecord;

describe("the cache of a record's secrets", () => {
  it('computes the HMAC once for the valid API key, and each time for a wrong one', () => {
    const key = record();
    let computed = 0;
    const shown = (text: string) =>
      isBearerOf(key, text, () => {
        computed++;
        return text === 'right';
      });
    expect(['wrong', 'right', 'right', 'wrong', 'rights', '', 'right'].map(shown)).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(computed).toBe(5);
  });

  it('does not recognize the API key for another record, such as the next one of the same key', () => {
    expect(isBearerOf(record(), 'right', () => true)).toBe(true);
    expect(isBearerOf(record(), 'right', () => false)).toBe(false);
  });

  it('keeps the secrets of two keys apart, whichever was compared last', () => {
    const [one, other] = [record(), record()];
    expect([isBearerOf(one, 'one', () => true), isBearerOf(other, 'other', () => true)]).toEqual([
      true,
      true,
    ]);
    const shown = (key: KeyRecord, text: string) => isBearerOf(key, text, () => false);
    expect([shown(one, 'other'), shown(other, 'one')]).toEqual([false, false]);
    expect([shown(one, 'one'), shown(other, 'other')]).toEqual([true, true]);
  });

  it('prepares the signing secrets, both of them during a grace period', () => {
    const key = record();
    for (const signingSecret of ['kss_new', 'kss_old', 'kss_new', 'é'.repeat(40), 'x'.repeat(100)]) {
      expect(hmacKeyOf({ record: key, signingSecret }).mac('text')).toBe(hmacSha256(signingSecret, 'text'));
    }
  });
});

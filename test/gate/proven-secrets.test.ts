import { describe, expect, it } from 'vitest';
import { hmacKeyOf, isProvenBearer } from '../../server/gate/proven-secrets.ts';
import { hmacSha256 } from '../../server/lib/hmac.ts';
import type { KeyRecord } from '../../server/stores/credentials/credential-rows.ts';

const record = () => ({ id: 'key' }) as KeyRecord;

describe('what a record has proven', () => {
  it('is asked of the HMAC once for a right bearer, and every time for a wrong one', () => {
    const key = record();
    let asked = 0;
    const shown = (text: string) =>
      isProvenBearer(key, text, () => {
        asked++;
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
    expect(asked).toBe(5);
  });

  it('holds for no other record, such as the next one of the same key', () => {
    expect(isProvenBearer(record(), 'right', () => true)).toBe(true);
    expect(isProvenBearer(record(), 'right', () => false)).toBe(false);
  });

  it('is the HMAC of the secret that signs, also while a rotation has two', () => {
    const key = record();
    for (const signingSecret of ['kss_new', 'kss_old', 'kss_new', 'é'.repeat(40), 'x'.repeat(100)]) {
      expect(hmacKeyOf({ record: key, signingSecret }).mac('text')).toBe(hmacSha256(signingSecret, 'text'));
    }
  });
});

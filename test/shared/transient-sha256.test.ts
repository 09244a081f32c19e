import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { transientSha256 } from '../../server/lib/transient-sha256.ts';

it('transientSha256 agrees with OpenSSL for any text, in any order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(Buffer.from(transientSha256(text))).toEqual(createHash('sha256').update(text).digest());
    }),
  );
});

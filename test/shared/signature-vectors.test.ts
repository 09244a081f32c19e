import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HmacKey, hmacSha256 } from '../../server/lib/hmac.ts';
import { formatSignature, parseSignature, signatureBase } from '../../shared/signature.ts';

interface Vector {
  name: string;
  signingSecret: string;
  keyId: string;
  timestamp: number;
  nonce: string;
  method: string;
  authority: string;
  target: string;
  contentType: string;
  userToken: string;
  bodyBase64: string;
  base: string;
  signature: string;
}

const { vectors }: { vectors: Vector[] } = JSON.parse(
  readFileSync(new URL('../vectors/signature-v1.json', import.meta.url), 'utf8'),
);

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

const baseOf = (vector: Vector) =>
  signatureBase({
    k: vector.keyId,
    t: vector.timestamp,
    nonce: vector.nonce,
    method: vector.method,
    authority: vector.authority,
    target: vector.target,
    contentType: vector.contentType,
    tokenDigest: sha256(vector.userToken),
    bodyDigest: sha256(Buffer.from(vector.bodyBase64, 'base64')),
  });

test('the vectors include all 20 worked examples', () => {
  expect(vectors).toHaveLength(20);
});

describe.each(vectors)('$name', (vector) => {
  const parsed = parseSignature(vector.signature);

  test('has the base of the example', () => {
    expect(baseOf(vector)).toBe(vector.base);
  });

  test('has the header of the example', () => {
    const mac = hmacSha256(vector.signingSecret, baseOf(vector));
    const { keyId: k, timestamp: t, nonce } = vector;
    expect(formatSignature({ k, t, nonce, mac })).toBe(vector.signature);
  });

  test('is parsed back into its parts', () => {
    expect(parsed).toMatchObject({ k: vector.keyId, t: vector.timestamp, nonce: vector.nonce });
  });

  test('is verified under its own secret and under no other', () => {
    expect(new HmacKey(vector.signingSecret).verify(vector.base, parsed?.mac ?? '')).toBe(true);
    expect(new HmacKey(`${vector.signingSecret}A`).verify(vector.base, parsed?.mac ?? '')).toBe(false);
  });

  test.each([
    ['the first', 0],
    ['the last', -1],
  ])('is refused if one bit of %s character of the base differs', (_, at) => {
    const bytes = Buffer.from(vector.base, 'latin1');
    const place = at < 0 ? bytes.length + at : at;
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    expect(new HmacKey(vector.signingSecret).verify(bytes.toString('latin1'), parsed?.mac ?? '')).toBe(false);
  });
});

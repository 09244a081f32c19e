import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { verifyJws } from '../../server/gate/user-token/jws.ts';

interface Group {
  comment: string;
  private: JsonWebKey & { alg?: string };
  public?: JsonWebKey & { alg?: string };
  tests: { tcId: number; comment: string; jws: string; result: 'valid' | 'invalid' }[];
}

const { numberOfTests, testGroups }: { numberOfTests: number; testGroups: Group[] } = JSON.parse(
  readFileSync(new URL('../vectors/wycheproof-jws.json', import.meta.url), 'utf8'),
);

const cases = testGroups.flatMap((group) => group.tests.map((one) => ({ ...one, group })));

/** Where Keyseal's verdict differs from the file's, and why. */
const OTHERWISE: Readonly<Record<number, string>> = {
  346: 'the key is labelled PS256, the token says PS384',
  347: 'the key is labelled ES521, which is no algorithm',
  350: 'the key is labelled PS256, the token says PS384',
  351: 'the key is labelled ES521, which is no algorithm',
  353: 'the key is marked use: enc; a token key of ours has one use',
  354: 'the key is marked use: enc; a token key of ours has one use',
  355: 'the key is marked key_ops: encrypt; a token key of ours has one use',
  356: 'the key is marked key_ops: encrypt; a token key of ours has one use',
  367: 'byte for byte case 357, which is valid',
  370: 'byte for byte case 357, which is valid',
  372: 'a character outside of base64url: refused here, ignored there',
  373: 'a character outside of base64url: refused here, ignored there',
};

const keyOf = ({ public: half, private: whole }: Group): KeyObject =>
  half ? createPublicKey({ key: half, format: 'jwk' }) : createSecretKey(String(whole.k), 'base64url');

/** Verifies each case with its own key and that key's algorithm, as its verifier would be configured. */
async function isTaken({ jws, group }: (typeof cases)[number]): Promise<boolean> {
  const { alg, kty } = group.public ?? group.private;
  const algorithm = alg ?? (kty === 'RSA' ? 'RS256' : 'ES256');
  return (await verifyJws(String(jws), [algorithm], () => keyOf(group))) !== null;
}

describe('Wycheproof JSON Web Signature', () => {
  test('has all 401 cases', () => {
    expect([cases.length, numberOfTests]).toEqual([401, 401]);
  });

  test.each([367, 370])('repeats case 357 in case %d', (id) => {
    const [copy, valid] = [id, 357].map((wanted) => cases.find(({ tcId }) => tcId === wanted)?.jws);
    expect(copy).toBe(valid);
  });

  test.each(cases)('case $tcId, $comment: $result', async (one) => {
    const valid = one.result === 'valid';
    expect(await isTaken(one)).toBe(OTHERWISE[one.tcId] === undefined ? valid : !valid);
  });
});

import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestField, type StandardOptions, signerOf, signStandard } from '../harness/http-signature.ts';
import { createKey, mutate, type Person, signUp } from '../harness/people.ts';
import { registerKey, registrationOf } from '../harness/public-keys.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, type Draft, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let key: Credentials;
let keyless: Credentials;
const pair = generateKeyPairSync('ed25519');
const byPair = signerOf(pair.privateKey);

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '10000' } });
  ada = await signUp(service);
  key = await createKey(service, ada, { permissions: ['exemple:read', 'echo:write'] });
  keyless = await registerKey(service, ada, pair, { permissions: ['exemple:read', 'echo:write'] });
});
afterAll(() => service.stop());

const v1 = (who: Credentials, more: object = {}) =>
  sign(who, '/api/exemple', { authority: service.authority, ...more });
const standard = (who: Credentials, more: Partial<StandardOptions> = {}, target = '/api/exemple') =>
  signStandard(who, target, { authority: service.authority, ...more });
/** The reason, and what is wrong with which part. */
const hintOn = async (draft: Draft) => {
  const { reason, json } = await send(service.port, draft);
  return [reason, json.error.data.issues];
};
const hint = (part: string, words: string) => [
  'SIGNATURE_INVALID',
  [{ rule: 'http-signature', path: `headers.${part}`, message: expect.stringContaining(words) }],
];

describe('SIGNATURE_INVALID says to the holder of the key', () => {
  it.each(['ed25519', 'nonsense', ''])('that alg is not of the key: %j', async (alg) => {
    const parameters = { alg: `"${alg}"` };
    const expected = hint('signature-input', 'must have the algorithm of the credential as alg, or no alg');
    expect(await hintOn(standard(key, { parameters }))).toEqual(expected);
    const other = { parameters: { alg: '"hmac-sha256"' }, sign: byPair };
    expect(await hintOn(standard(keyless, other))).toEqual(expected);
  });

  it('that a public key makes no x-signature', async () => {
    const draft = v1({ ...keyless, signingSecret: 'any' });
    expect(await hintOn(draft)).toEqual(hint('x-signature', 'has a public key'));
  });

  it('that k is another id', async () => {
    expect(await hintOn(v1(key, { k: keyless.id }))).toEqual(
      hint('x-signature', 'must have the id of the credential as k'),
    );
  });

  it.each([
    ['is of another body', digestField('{"text":"evil"}'), 'must be the digest of the body as it arrived'],
    ['has another length', 'sha-256=:aGk=:', 'must be a dictionary'],
    ['is no dictionary', '(', 'must be a dictionary'],
    [
      'repeats an algorithm',
      `${digestField('a')}, ${digestField('{"text":"mine"}')}`,
      'must be a dictionary',
    ],
  ])('that content-digest %s', async (_, contentDigest, words) => {
    const body = '{"text":"mine"}';
    expect(await hintOn(standard(key, { body, contentDigest }, '/api/echo'))).toEqual(
      hint('content-digest', words),
    );
  });

  it('the same in the answer to a service that verifies', async () => {
    const verifier = await verifyingKey(service, ada);
    const draft = signStandard(keyless, '/orders', {
      authority: ORDERS,
      sign: byPair,
      parameters: { alg: '"rsa"' },
    });
    const verdict = (await verdictOn(service, verifier, draft)).verdict;
    expect([verdict.reason, verdict.issues]).toEqual(
      hint('signature-input', 'the algorithm of the credential'),
    );
  });
});

describe('SIGNATURE_INVALID says nothing of it', () => {
  it('before the signature has verified, about a digest', async () => {
    const body = '{"text":"mine"}';
    const draft = standard(key, { body, contentDigest: digestField('evil'), sign: byPair }, '/api/echo');
    expect(await hintOn(draft)).toEqual(['SIGNATURE_INVALID', undefined]);
  });

  it('to a stranger, for whom a session that exists looks like one that does not', async () => {
    const [grace, eve] = [await signUp(service), await signUp(service)];
    const registration = await registrationOf(service, pair);
    expect((await mutate(service, grace, 'sessions.setPublicKey', registration)).status).toBe(200);
    const answers = async (id: string, token: string) => {
      const who = { id, apiKey: null, signingSecret: 'any' };
      const parameters = { alg: '"hmac-sha256"' };
      const drafts = [v1(who, { token }), standard(who, { token, parameters })];
      // Without a session in the token, only the signature names it.
      return Promise.all(
        drafts.map(async (draft) => await hintOn(withHeader(draft, 'authorization', `Bearer ${token}`))),
      );
    };
    for (const token of ['x.y.z', eve.token]) {
      const existing = await answers(grace.id, token);
      expect(existing).toEqual(await answers('ses_000000000000', token));
      expect(existing[0]).toEqual(['SIGNATURE_INVALID', undefined]);
    }
    const own = await answers(grace.id, grace.token);
    expect(own[0]).toEqual(hint('x-signature', 'has a public key'));
    expect(own[1]).toEqual(hint('signature-input', 'the algorithm of the credential'));
  });
});

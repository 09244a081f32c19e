import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestField, type StandardOptions, signStandard } from '../harness/http-signature.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, type Draft, headerOf, sha512, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let asking: Credentials;
let key: Credentials;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
  asking = await verifyingKey(service, ada);
  key = await createKey(service, ada);
});
afterAll(() => service.stop());

const BODY = '{"item":"tea"}';
const order = (options: Partial<StandardOptions> = {}) =>
  signStandard(key, '/orders?a=1', { authority: ORDERS, scheme: 'https', body: BODY, ...options });
const verdictOf = async (draft: Draft, more: object = {}) =>
  (await verdictOn(service, asking, draft, more)).verdict;

describe('a service has a request with an RFC 9421 signature verified', () => {
  it('and receives its form and algorithm', async () => {
    const signature = { form: 'rfc9421', algorithm: 'hmac-sha256' };
    expect(await verdictOf(order())).toMatchObject({
      valid: true,
      signature,
      caller: { key: { id: key.id } },
    });
    expect(await verdictOf(sign(key, '/orders', { authority: ORDERS }))).toMatchObject({
      valid: true,
      signature: { form: 'v1', algorithm: 'hmac-sha256' },
    });
  });

  it('which is accepted once', async () => {
    const draft = order();
    expect(await verdictOf(draft, { dryRun: true })).toMatchObject({ dryRun: 'admitted' });
    expect((await verdictOf(draft)).valid).toBe(true);
    expect((await verdictOf(draft)).reason).toBe('SIGNATURE_REPLAYED');
  });

  it('of either scheme, unless it names its own', async () => {
    expect((await verdictOf(order({ scheme: 'http' }))).valid).toBe(true);
    expect((await verdictOf(order(), { scheme: 'https' })).valid).toBe(true);
    expect((await verdictOf(order({ scheme: 'http' }), { scheme: 'https' })).reason).toBe(
      'SIGNATURE_INVALID',
    );
  });

  it('for one of the reported targets', async () => {
    const draft = order();
    const rewritten = { ...draft, target: '/orders?a=%31' };
    expect((await verdictOf(rewritten)).reason).toBe('SIGNATURE_INVALID');
    expect((await verdictOf(rewritten, { otherTargets: [draft.target] })).valid).toBe(true);
  });

  it('with a SHA-512 of its body only if it reports that digest', async () => {
    const signed = () => order({ contentDigest: digestField(BODY, 'sha-512') });
    expect((await verdictOf(signed())).reason).toBe('SIGNATURE_INVALID');
    expect((await verdictOf(signed(), { bodySha512: sha512('other') })).reason).toBe('SIGNATURE_INVALID');
    expect((await verdictOf(signed(), { bodySha512: sha512(BODY) })).valid).toBe(true);
  });

  it('and receives the components that are not covered', async () => {
    const verdict = await verdictOf(order({ components: ['"@method"', '"content-digest"'] }));
    expect(verdict).toMatchObject({ valid: false, reason: 'SIGNATURE_INVALID' });
    expect(verdict.missing).toEqual(['content-type', '@target-uri']);
  });

  it('only for its own host', async () => {
    expect((await verdictOf(order({ authority: service.authority }))).reason).toBe('SIGNATURE_INVALID');
  });

  it('with a header that no parser accepts, which is refused', async () => {
    const draft = order();
    const folded = `${headerOf(draft, 'signature-input')}\r\n ;tag="keyseal"`;
    expect((await verdictOf(withHeader(draft, 'signature-input', folded))).reason).toBe('REQUEST_MALFORMED');
  });
});

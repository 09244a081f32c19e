import { generateKeyPairSync } from 'node:crypto';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signerOf, signStandard } from '../harness/http-signature.ts';
import { createKey, mutate, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, reportOf, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, newNonce, send, sign } from '../harness/wire.ts';

/** The curve whose signatures take longest to verify. */
const PAIR = generateKeyPairSync('ec', { namedCurve: 'P-384' });
/** The most spellings besides the first, each for two schemes. */
const SPELLINGS = 31;
const CALLS = 20;

let service: TestService;
let tenant: Person;
let asking: Credentials;
let slow: Credentials;
/** Of another workspace. */
let other: Credentials;

beforeAll(async () => {
  service = await startTestService();
  [tenant, other] = [await signUp(service), await createKey(service, await signUp(service))];
  asking = await verifyingKey(service, tenant);
  slow = await keyOfCurve();
});
afterAll(() => service.stop());

async function keyOfCurve(): Promise<Credentials> {
  const { issuer } = service.running.service;
  const claims = { aud: issuer, iat: Math.floor(Date.now() / 1000), jti: newNonce() };
  const proof = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES384' })
    .sign(PAIR.privateKey);
  const publicKey = PAIR.publicKey.export({ format: 'jwk' });
  const input = { name: 'Slow', environment: 'live', permissions: ['exemple:read'], publicKey, proof };
  const { key, secret } = (await mutate(service, tenant, 'keys.create', input)).json.result.data;
  return { id: key.id, apiKey: secret, signingSecret: '' };
}

const QUERY = 'aaaaa';
/** The nth way to spell the query. */
const spelled = (n: number) =>
  `/orders?a=${[...QUERY].map((letter, i) => ((n >> i) & 1 ? '%61' : letter)).join('')}`;
const TARGETS = Array.from({ length: SPELLINGS + 1 }, (_, n) => spelled(n));
const [target = '', ...otherTargets] = TARGETS;

const order = (signed: string, key = PAIR.privateKey) =>
  signStandard(slow, signed, { authority: ORDERS, scheme: 'https', sign: signerOf(key, 'sha384') });

describe('S7: a request that is reported in many spellings', () => {
  it('is accepted in the last of them', async () => {
    const draft = order(otherTargets.at(-1) ?? '');
    const { verdict } = await verdictOn(service, asking, { ...draft, target }, { otherTargets });
    expect(verdict).toMatchObject({ valid: true, signature: { algorithm: 'ecdsa-p384-sha384' } });
  });

  it('lets the calls of another workspace run between two of them', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    const report = reportOf({ ...order(target, stranger), target }, { otherTargets });
    const names = Array<string>(CALLS).fill('verify').join(',');
    const body = JSON.stringify(Object.fromEntries(Array.from({ length: CALLS }, (_, n) => [n, report])));
    const ended: string[] = [];
    const batch = send(
      service.port,
      sign(asking, `/api/${names}?batch=1`, { authority: service.authority, method: 'POST', body }),
    ).then((answer) => {
      ended.push('batch');
      return answer;
    });
    const honest = async () => {
      for (let n = 0; n < 10; n++) {
        const draft = sign(other, '/api/whoami', { authority: service.authority });
        expect((await send(service.port, draft)).status).toBe(200);
        ended.push('honest');
      }
    };
    await Promise.all([batch, honest()]);
    const { json } = await batch;
    expect(json.map((each: { result: { data: { reason: string } } }) => each.result.data.reason)).toEqual(
      Array(CALLS).fill('SIGNATURE_INVALID'),
    );
    // One after the other: in one go, the batch would end before the second of them.
    expect(ended.indexOf('batch')).toBeGreaterThanOrEqual(4);
  });
});

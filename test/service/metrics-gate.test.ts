import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { growth } from '../harness/metrics.ts';
import { createKey, mutate, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verdictOn, verifyingKey } from '../harness/verify-requests.ts';
import { type Draft, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const authority = () => ({ authority: service.authority });
const exemple = () => sign(service.demo, '/api/exemple', authority());

describe('keyseal_gate_refusals_total', () => {
  /** Where requests were refused in the meantime, as `via step`. */
  const at = async (asking: () => Promise<unknown>) =>
    Object.keys(await growth(service.port, 'keyseal_gate_refusals_total', asking));
  const once = (draft: Draft) => () => send(service.port, draft);

  it('names the step that refused a request', async () => {
    expect(await at(once(withHeader(exemple(), 'authorization', null)))).toEqual(['api bearer']);
    expect(await at(once(withHeader(exemple(), 'x-signature', 'v1')))).toEqual(['api signature']);
    expect(
      await at(once(sign({ ...service.demo, signingSecret: 'kss_wrong' }, '/api/exemple', authority()))),
    ).toEqual(['api signature']);
    expect(await at(once(sign(service.demo, '/api/exemple', { ...authority(), t: 1_700_000_000 })))).toEqual([
      'api time',
    ]);
    const twice = exemple();
    expect(await at(() => send(service.port, twice).then(() => send(service.port, twice)))).toEqual([
      'api nonce',
    ]);
    expect(
      await at(once(sign(service.demo, '/api/exemple', { ...authority(), token: 'no.token.here' }))),
    ).toEqual(['api token']);
    expect(await at(() => mutate(service, service.demo, 'auth.signOut'))).toEqual(['api access']);
  });

  it('names the steps of a key’s state, address, permission, limits and credits', async () => {
    const call = async (input: Record<string, unknown>, times = 1) => {
      const key = await createKey(service, ada, input);
      for (let n = 0; n < times; n++) await send(service.port, sign(key, '/api/exemple', authority()));
      return key;
    };
    expect(await at(() => call({ permissions: ['echo:write'] }))).toEqual(['api permission']);
    expect(await at(() => call({ allowedAddresses: ['192.0.2.1'] }))).toEqual(['api address']);
    expect(await at(() => call({ limits: [{ name: 'one', limit: 1, windowSeconds: 60 }] }, 2))).toEqual([
      'api limits',
    ]);
    expect(await at(() => call({ credits: { remaining: 1 } }, 2))).toEqual(['api credits']);
    const revoked = await call({});
    await mutate(service, ada, 'keys.revoke', { id: revoked.id });
    expect(await at(once(sign(revoked, '/api/exemple', authority())))).toEqual(['api key_state']);
  });

  it('distinguishes requests passed to `verify` from requests to the service', async () => {
    const asking = await verifyingKey(service, ada);
    const called = await createKey(service, ada);
    const order = () => sign(called, '/orders', { authority: ORDERS });
    const wrong = withHeader(order(), 'x-signature', 'v1');
    const admitted = (draft: Draft) =>
      growth(service.port, 'keyseal_gate_admissions_total', () => verdictOn(service, asking, draft));
    expect(await at(() => verdictOn(service, asking, wrong))).toEqual(['verify signature']);
    expect(await admitted(wrong)).toEqual({ api: 1 });
    expect(await admitted(order())).toEqual({ api: 1, verify: 1 });
    const dry = { dryRun: true };
    expect(await at(() => verdictOn(service, asking, wrong, dry))).toEqual([]);
    const require = { require: { permission: 'keys:write' } };
    expect(await at(() => verdictOn(service, asking, order(), require))).toEqual(['verify permission']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, signUp } from '../harness/people.ts';
import { makeAccountWithKey, startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const call = (who: Credentials) =>
  send(service.port, sign(who, '/api/exemple', { authority: service.authority }));

/** Reads of rows that would refuse their callers, of one workspace: at once, and in a second. */
const BURST = 100;
const PER_SECOND = 20;

/** Rows of keys that were read since startup. */
const reads = () => service.running.service.stores.credentials.use.keys.misses;

describe('S3: a tenant’s own keys', () => {
  it.each([
    ['with secrets from before a rotation', 'keys.rotate', { graceSeconds: 0 }],
    ['that are disabled', 'keys.update', { enabled: false }],
  ])('%s use the look-ups of one workspace, for any number of keys and calls', async (_, name, change) => {
    const tenant = await signUp(service);
    const honest = await makeAccountWithKey(service.running);
    const keys = [];
    for (let n = 0; n < 20; n++) keys.push(await createKey(service, tenant));
    for (const key of keys)
      expect((await mutate(service, tenant, name, { id: key.id, ...change })).status).toBe(200);
    const before = reads();
    const begun = performance.now();
    let admitted = 0;
    for (let round = 0; round < 30; round++) {
      const answers = await Promise.all(keys.map(call));
      expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true);
      if ((await call(honest)).status === 200) admitted++;
    }
    expect(admitted).toBe(30);
    const seconds = (performance.now() - begun) / 1000;
    // Each of the other caller's calls may read its own row again.
    expect(reads() - before).toBeLessThanOrEqual(BURST + PER_SECOND * seconds + admitted);
  });
});

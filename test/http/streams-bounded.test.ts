import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../server/app/routes.ts';
import { buildRegistry as describeApi } from '../../server/rpc/procedure-registry.ts';
import { procedure, router } from '../../server/rpc/trpc.ts';
import { subscribe } from '../harness/events.ts';
import { createKey, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

const MAX_PER_KEY = 100;

const open = procedure({ access: 'any', permission: 'exemple:read' }).subscription(async function* ({
  signal,
}) {
  yield 'open';
  await new Promise((resolve) => signal?.addEventListener('abort', resolve));
});

let service: TestService;
let hers: Credentials;
let other: Credentials;

beforeAll(async () => {
  service = await startTestService({ api: describeApi(router({ ...routes, open })) });
  hers = await createKey(service, await signUp(service));
  other = await createKey(service, await signUp(service));
});
afterAll(() => service.stop());

const stream = (who: Credentials) => subscribe(service, who, 'open', undefined);

describe('S12: open streams', () => {
  it('are at most a hundred of a key; another workspace opens its own, and one that ends allows another', async () => {
    const streams = [];
    for (let n = 0; n < MAX_PER_KEY; n++) streams.push(await stream(hers));
    for (let n = 0; n < 5; n++) expect(await (await stream(hers)).over).toBe('RATE_LIMITED');
    const another = await stream(other);
    another.leave();
    expect(await another.over).toBeUndefined();
    streams[0]?.leave();
    await expect
      .poll(async () => {
        const again = await stream(hers);
        return Promise.race([again.over, new Promise((resolve) => setTimeout(resolve, 200, 'open'))]);
      })
      .toBe('open');
    expect(await (await stream(hers)).over).toBe('RATE_LIMITED');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../server/app/routes.ts';
import { buildRegistry as describeApi } from '../../server/rpc/procedure-registry.ts';
import { procedure, router } from '../../server/rpc/trpc.ts';
import { subscribe } from '../harness/events.ts';
import { createKey, signUp } from '../harness/people.ts';
import { rawConnection } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, queryTarget, sign } from '../harness/wire.ts';

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

  it('end with their connection, also those that were pipelined', async () => {
    const key = await createKey(service, await signUp(service));
    const draft = () => sign(key, queryTarget('open', undefined), { authority: service.authority });
    const text = () => {
      const { target, headers } = draft();
      return `GET ${target} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n`;
    };
    const ofThem = async () => {
      const metrics = await (await fetch(`${service.url}/metrics`)).text();
      return Number(/^keyseal_open_streams (\d+)/m.exec(metrics)?.[1]);
    };
    const before = await ofThem();
    const connection = await rawConnection(service.port);
    connection.socket.write(Array.from({ length: 10 }, text).join(''));
    await expect.poll(ofThem).toBe(before + 10);
    connection.socket.destroy();
    await expect.poll(ofThem).toBe(before);
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { createKey, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';

const CALLS = 20;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/** A client that counts its requests. */
async function countingClient(permissions: string[]) {
  const key = await createKey(service, await signUp(service), { permissions });
  const requests: string[] = [];
  const counting: typeof fetch = (input, init) => {
    requests.push(String(input instanceof Request ? input.url : input));
    return fetch(input, init);
  };
  const { apiKey, signingSecret } = key;
  const client = createKeysealClient({
    url: service.url,
    apiKey: apiKey as string,
    signingSecret,
    fetch: counting,
  });
  return { client, requests };
}

it('S7: calls at the same time whose inputs are large together are all accepted', async () => {
  const { client, requests } = await countingClient(['keys:write', 'exemple:read']);
  const metadata = { text: '\u4e00'.repeat(1_300) };
  const large = { name: 'x', environment: 'live' as const, permissions: ['exemple:read' as const], metadata };
  const created = await Promise.all(Array.from({ length: CALLS }, () => client.keys.create.mutate(large)));
  expect(created).toHaveLength(CALLS);
  expect(requests).toHaveLength(1);
});

it('S7: a large call does not take a small one of the same moment down', async () => {
  const { client, requests } = await countingClient(['echo:write', 'keys:write', 'exemple:read']);
  const key = { name: 'x', environment: 'live' as const, permissions: ['exemple:read' as const] };
  const [echoed, created] = await Promise.all([
    client.echo.mutate({ text: 'x'.repeat(100_000) }),
    client.keys.create.mutate(key),
  ]);
  expect(echoed.text).toHaveLength(100_000);
  expect(created.key.name).toBe('x');
  expect(requests).toHaveLength(2);
});

it('S7: small calls share a request', async () => {
  const { client, requests } = await countingClient(['echo:write']);
  await Promise.all(Array.from({ length: CALLS }, () => client.echo.mutate({ text: 'x'.repeat(1_000) })));
  expect(requests).toHaveLength(1);
});

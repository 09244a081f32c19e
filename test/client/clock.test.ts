import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeysealClient, type KeysealRefusal } from '../../client/index.ts';
import { noted, withKey } from '../harness/clients.ts';
import { startTestService, type TestService } from '../harness/service.ts';

const HOUR = 3_600_000;

describe.each([
  ['an hour behind', -HOUR],
  // Further ahead than ten minutes is no accident to the server: SIGNATURE_MALFORMED, without its time.
  ['nine minutes ahead', 9 * 60_000],
])('with a clock that is %s the server’s', (_, offset) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService({ clock: () => Date.now() - offset });
  });
  afterAll(() => service.stop());

  it('a call is signed anew, once, and the next is right at once', async () => {
    const { fetch, sent } = noted();
    const client = createKeysealClient({ ...withKey(service), fetch });
    await client.exemple.query();
    expect(sent).toHaveLength(2);
    const nonces = sent.map(({ headers }) => /n=([^,]+)/.exec(headers.get('x-signature') ?? '')?.[1]);
    expect(new Set(nonces).size).toBe(2);
    await client.exemple.query();
    expect(sent).toHaveLength(3);
  });

  it('a mutation is sent again too, and done once', async () => {
    const { fetch, sent } = noted();
    const client = createKeysealClient({ ...withKey(service), fetch });
    const { key } = await client.keys.create.mutate({
      name: `clock ${offset}`,
      environment: 'test',
      permissions: ['exemple:read'],
    });
    expect(sent).toHaveLength(2);
    const { items } = await client.keys.list.query({ search: `clock ${offset}` });
    expect(items.map(({ id }) => id)).toEqual([key.id]);
  });
});

describe('a clock that the server did not prove', () => {
  let forger: Server;
  let url: string;
  let answered = 0;

  beforeAll(async () => {
    forger = createServer((request, response) => {
      answered++;
      request.resume();
      const clock = { now: Math.floor((Date.now() + HOUR) / 1000), mac: 'ab'.repeat(32) };
      const data = {
        code: 'UNAUTHORIZED',
        httpStatus: 401,
        reason: 'SIGNATURE_EXPIRED',
        requestId: 'r',
        clock,
      };
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: 'no', code: -32001, data } }));
    });
    await new Promise<void>((resolve) => forger.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(forger.address() as { port: number }).port}`;
  });
  afterAll(() => new Promise((resolve) => forger.close(resolve)));

  it('is ignored: nothing is signed for another time or sent again', async () => {
    const apiKey = `ks_test_${'0'.repeat(12)}_${'0'.repeat(38)}`;
    const client = createKeysealClient({ url, apiKey, signingSecret: `kss_${'A'.repeat(43)}` });
    const error: KeysealRefusal = await client.exemple.query().catch((caught) => caught);
    expect([error.reason, answered]).toEqual(['SIGNATURE_EXPIRED', 1]);
  });
});

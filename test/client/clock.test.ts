import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createKeysealClient,
  type FetchInit,
  type KeysealRefusal,
  type ResponseKeySet,
} from '../../client/index.ts';
import { ServerClock } from '../../client/signing/clock.ts';
import { newSession, noted, withKey } from '../harness/clients.ts';
import { signUp } from '../harness/people.ts';
import { registerKey } from '../harness/public-keys.ts';
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

  it('a client signs a refused call again, once, and the next with the right time', async () => {
    const { fetch, sent } = noted();
    const client = createKeysealClient({ ...withKey(service), fetch });
    await client.exemple.query();
    expect(sent).toHaveLength(2);
    const nonces = sent.map(({ headers }) => /n=([^,]+)/.exec(headers.get('x-signature') ?? '')?.[1]);
    expect(new Set(nonces).size).toBe(2);
    await client.exemple.query();
    expect(sent).toHaveLength(3);
  });

  it('a client sends a refused mutation again too, and it is carried out once', async () => {
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

describe('C7: a client that has taken over a clock', () => {
  let service: TestService;
  /** Milliseconds by which the server's clock runs ahead of the machine's. */
  let ahead = 0;

  beforeAll(async () => {
    service = await startTestService({ clock: () => Date.now() + ahead });
  });
  afterAll(() => service.stop());
  afterEach(() => {
    vi.useRealTimers();
    ahead = 0;
  });

  const DAYS = 24 * HOUR;
  const learned = async (offset: number) => {
    ahead = offset;
    const { fetch, sent } = noted();
    const client = createKeysealClient({ ...withKey(service), fetch });
    await client.exemple.query();
    expect(sent).toHaveLength(offset === 0 ? 1 : 2);
    sent.length = 0;
    return { client, sent };
  };

  it.each([3 * DAYS, HOUR, 11 * 60_000])(
    'that was %d ms ahead continues once it was put right, and needs no second sending after that',
    async (offset) => {
      const { client, sent } = await learned(offset);
      ahead = 0;
      await client.exemple.query();
      expect(sent).toHaveLength(2);
      await client.exemple.query();
      expect(sent).toHaveLength(3);
    },
  );

  it('signs all pending calls again', async () => {
    const { client } = await learned(3 * DAYS);
    ahead = 0;
    const bytes = new Uint8Array(1);
    const calls = [client.exemple.query(), client.audit.list.query({}), client.exemple.query()];
    await expect(Promise.all(calls)).resolves.toHaveLength(3);
    await client.upload.mutate(bytes);
  });

  it('fails for a mutation that may have been carried out once, and the next is right', async () => {
    const { client, sent } = await learned(3 * DAYS);
    ahead = 0;
    const refused = await client.echo.mutate({ text: 'x' }).catch((error: KeysealRefusal) => error);
    expect([refused, sent.length]).toMatchObject([{ reason: 'SIGNATURE_MALFORMED' }, 1]);
    expect((await client.echo.mutate({ text: 'x' })).text).toBe('x');
  });

  it('follows its own clock once that is corrected', async () => {
    vi.useFakeTimers({ now: Date.now() - 3 * DAYS, toFake: ['Date'] });
    const offset = 3 * DAYS;
    const { client, sent } = await learned(offset);
    vi.useRealTimers();
    ahead = 0;
    await client.exemple.query();
    expect(sent.length).toBeLessThanOrEqual(2);
    await client.exemple.query();
    expect(sent.length).toBeLessThanOrEqual(3);
  });

  it('does not keep another client from correcting its clock', async () => {
    const { client } = await learned(3 * DAYS);
    ahead = -HOUR / 12;
    await client.exemple.query();
    ahead = HOUR;
    await client.exemple.query();
    ahead = 0;
    await client.exemple.query();
  });

  it('can refresh its session again', async () => {
    ahead = 3 * DAYS;
    const session = await newSession(service);
    const client = createKeysealClient({ url: service.url, session });
    await client.whoami.query();
    ahead = 0;
    expect((await client.whoami.query()).kind).toBe('user');
  });
});

it('C7: an answer without a proof moves no clock but back to its own', () => {
  const clock = new ServerClock();
  const before = clock.now();
  expect(clock.undo(clock.correction)).toBe(false);
  expect(clock.now() - before).toBeLessThan(5);
});

describe('a client with a private key', () => {
  let service: TestService;
  let own: { apiKey: string; privateKey: CryptoKey };
  let responseKeys: ResponseKeySet;
  let ahead = 0;

  beforeAll(async () => {
    service = await startTestService({ clock: () => Date.now() + ahead });
    const pair = generateKeyPairSync('ed25519');
    const permissions = ['exemple:read', 'echo:write'];
    const { apiKey } = await registerKey(service, await signUp(service), pair, { permissions });
    const der = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
    const privateKey = await crypto.subtle.importKey('pkcs8', der, 'Ed25519', false, ['sign']);
    own = { apiKey: apiKey as string, privateKey };
    const directory = await fetch(`${service.url}/.well-known/http-message-signatures-directory`);
    responseKeys = (await directory.json()) as ResponseKeySet;
    ahead = HOUR;
  });
  afterAll(() => service.stop());

  const client = (more: object = {}) => {
    const { fetch, sent } = noted();
    return { sent, client: createKeysealClient({ url: service.url, ...own, fetch, ...more }) };
  };

  it.each([false, true])(
    'takes over the clock that a pinned key signed; verifyResponses: %s',
    async (verifyResponses) => {
      const { client: pinned, sent } = client({ responseKeys, verifyResponses });
      expect((await pinned.echo.mutate({ text: 'x' })).text).toBe('x');
      expect(sent).toHaveLength(2);
      await pinned.exemple.query();
      expect(sent).toHaveLength(3);
    },
  );

  it.each<[string, () => object]>([
    ['without pinned keys', () => ({})],
    ['with those of the directory, which came by the same way', () => ({ verifyResponses: true })],
    ['with no pinned key', () => ({ responseKeys: { keys: [] } })],
    [
      'with another key under the same id',
      () => {
        const [{ kid }] = responseKeys.keys as [{ kid: string }];
        const { publicKey } = generateKeyPairSync('ed25519');
        return { responseKeys: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid }] } };
      },
    ],
  ])('believes no clock %s', async (_, more) => {
    const { client: unsure, sent } = client(more());
    await expect(unsure.exemple.query()).rejects.toMatchObject({ reason: 'SIGNATURE_EXPIRED' });
    expect(sent.filter(({ url }) => url.includes('/api/'))).toHaveLength(1);
  });

  it('believes no clock that was signed for another request', async () => {
    const answers: Response[] = [];
    const replaying = async (url: string, init: FetchInit) => {
      const response = await fetch(url, init as RequestInit);
      answers.push(response.clone());
      return (answers[0] as Response).clone();
    };
    const { client: deceived } = client({ responseKeys, fetch: replaying });
    // The first response is right only for the first request, so the second clock is not adopted.
    await expect(deceived.exemple.query()).rejects.toMatchObject({ reason: 'SIGNATURE_EXPIRED' });
    expect(answers).toHaveLength(2);
    const { client: other } = client({
      responseKeys,
      fetch: async (url: string, init: FetchInit) => {
        answers.push(await fetch(url, init as RequestInit));
        return (answers[0] as Response).clone();
      },
    });
    await expect(other.exemple.query()).rejects.toMatchObject({ reason: 'SIGNATURE_EXPIRED' });
    expect(answers).toHaveLength(3);
  });

  it.each([undefined, {}, { keys: {} }, []])('refuses %j as responseKeys', (keys) => {
    expect(() => client({ responseKeys: keys })).toThrow('responseKeys is not a key set');
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

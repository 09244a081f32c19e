import { createServer, type RequestListener, type Server } from 'node:http';
import { TRPCClientError } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeysealClient, type KeysealClient, KeysealRefusal } from '../../client/index.ts';
import { newKey, newSession, noted, withKey } from '../harness/clients.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { sha256 } from '../harness/wire.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const refusalOf = (call: Promise<unknown>): Promise<KeysealRefusal> =>
  call.then(
    () => Promise.reject(new Error('it was not refused')),
    (error) => (error instanceof KeysealRefusal ? error : Promise.reject(error)),
  );

describe('a client with a key', () => {
  it('calls exemple in three lines', async () => {
    const client = createKeysealClient(withKey(service));
    const { message, caller } = await client.exemple.query({ name: 'Ada' });
    expect([message, caller]).toEqual(['Hello, Ada!', { keyId: service.demo.id, userId: null }]);
  });

  it.each(['l’été', "O'Neill", 'a+b c%20d', '100%', '😀 & ?#=/\\', '"{}"'])(
    'signs what fetch sends for %j',
    async (text) => {
      const client = createKeysealClient(withKey(service));
      expect((await client.exemple.query({ name: text })).message).toBe(`Hello, ${text}!`);
      expect((await client.echo.mutate({ text })).text).toBe(text);
    },
  );

  it('signs the calls of one tick once, as a batch', async () => {
    const { fetch, paths, sent } = noted();
    const client = createKeysealClient({ ...withKey(service), fetch });
    const names = ['a', 'b', 'c'];
    const answers = await Promise.all(names.map((name) => client.exemple.query({ name })));
    expect(answers.map(({ message }) => message)).toEqual(names.map((name) => `Hello, ${name}!`));
    expect(paths()).toEqual(['exemple,exemple,exemple']);
    expect(sent[0]?.headers.get('x-signature')).toMatch(/^v1,k=/);
  });

  it('splits more calls than a batch may have', async () => {
    const { fetch, sent } = noted();
    const client = createKeysealClient({ ...withKey(service), fetch });
    await Promise.all(Array.from({ length: 50 }, (_, n) => client.exemple.query({ name: `n${n}` })));
    expect(sent).toHaveLength(3);
  });

  it('sends bytes and forms, and hashes all of each', async () => {
    const client = createKeysealClient(withKey(service));
    const bytes = crypto.getRandomValues(new Uint8Array(50_000));
    const expected = { size: bytes.length, sha256: sha256(Buffer.from(bytes)) };
    expect(await client.upload.mutate(bytes)).toMatchObject(expected);
    expect(await client.upload.mutate(new Blob([bytes]))).toMatchObject(expected);
    const form = new FormData();
    form.set('file', new File([bytes], 'été.bin'));
    expect(await client.upload.mutate(form)).toEqual({ name: 'été.bin', ...expected });
  });

  it('keeps the secrets of a malformed key out of the error', () => {
    const make = () =>
      createKeysealClient({ url: service.url, apiKey: 'kss_secret', signingSecret: 'other' });
    expect(make).toThrow('apiKey is not an API key such as ks_live_<id>_<secret>');
  });
});

describe('a client with a session', () => {
  it('makes calls for the person', async () => {
    const session = await newSession(service);
    const me = await createKeysealClient({ url: service.url, session }).whoami.query();
    expect(me).toMatchObject({ kind: 'user', session: { id: session.id } });
  });

  it('makes calls of the key on behalf of the person, if it has a key too', async () => {
    const session = await newSession(service);
    const person = createKeysealClient({ url: service.url, session });
    const { id, ...key } = await newKey(person, ['profile:*']);
    const client = createKeysealClient({ url: service.url, ...key, session });
    expect((await client.profile.query()).caller).toMatchObject({ keyId: id });
  });
});

describe('a client whose service redirects', () => {
  let elsewhere: Server;
  let redirecting: Server;
  const arrived: string[] = [];

  beforeAll(async () => {
    elsewhere = await listening((request, response) => {
      arrived.push(`${request.method} ${request.url}`);
      response.end('{}');
    });
    redirecting = await listening((request, response) => {
      response.writeHead(307, { location: `${urlOf(elsewhere)}${request.url}` }).end();
    });
  });
  afterAll(() => Promise.all([elsewhere, redirecting].map((server) => server.close())));

  it.each<[string, (client: KeysealClient) => Promise<unknown>]>([
    [
      'password',
      (client) => client.auth.signIn.mutate({ email: 'a@example.com', password: 'correct horse' }),
    ],
    ['sign-up', (client) => client.auth.signUp.mutate({ email: 'a@example.com', password: 'correct horse' })],
    ['signed call', (client) => client.echo.mutate({ text: 'x' })],
  ])('carries no %s elsewhere', async (_, call) => {
    const client = createKeysealClient({ ...withKey(service), url: urlOf(redirecting) });
    await expect(call(client)).rejects.toBeInstanceOf(TRPCClientError);
    expect(arrived).toEqual([]);
  });
});

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as { port: number }).port}`;

async function listening(answer: RequestListener): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('a client without credentials', () => {
  it('makes public calls, each by itself', async () => {
    const { fetch, sent } = noted();
    const client = createKeysealClient({ url: service.url, fetch });
    await Promise.all([client.health.query(), client.health.query()]);
    expect(sent.map(({ headers }) => headers.has('x-signature'))).toEqual([false, false]);
  });

  it('rejects with what is missing', async () => {
    const client = createKeysealClient({ url: service.url });
    expect((await refusalOf(client.exemple.query())).reason).toBe('KEY_MISSING');
  });
});

describe('a refusal', () => {
  it('is typed, with its details', async () => {
    const session = await newSession(service);
    const person = createKeysealClient({ url: service.url, session });
    const client = createKeysealClient({ url: service.url, ...(await newKey(person, ['exemple:read'])) });
    const refusal = await refusalOf(client.echo.mutate({ text: 'x' }));
    expect(refusal).toBeInstanceOf(TRPCClientError);
    expect(refusal.reason).toBe('PERMISSION_DENIED');
    expect(refusal.details).toMatchObject({ missing: 'echo:write', httpStatus: 403, path: 'echo' });
    expect(refusal.details.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('reaches every call of a batch that was refused at the gate', async () => {
    const client = createKeysealClient({ ...withKey(service), signingSecret: `kss_${'A'.repeat(43)}` });
    const calls = [client.exemple.query(), client.whoami.query()];
    const reasons = await Promise.all(calls.map(async (call) => (await refusalOf(call)).reason));
    expect(reasons).toEqual(['SIGNATURE_INVALID', 'SIGNATURE_INVALID']);
  });

  it('of one call of a batch does not affect the others', async () => {
    const client = createKeysealClient(withKey(service));
    const [accepted, bad] = await Promise.allSettled([
      client.exemple.query(),
      client.keys.get.query({ id: 'x' }),
    ]);
    expect(accepted.status).toBe('fulfilled');
    expect(bad).toMatchObject({ status: 'rejected', reason: { reason: 'KEY_NOT_FOUND' } });
  });

  it('is not the error for an unreachable server', async () => {
    const client = createKeysealClient({ ...withKey(service), url: 'http://127.0.0.1:1' });
    const error = await client.exemple.query().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TRPCClientError);
    expect(error).not.toBeInstanceOf(KeysealRefusal);
  });
});

import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createKeysealClient,
  type KeysealClient,
  type KeysealClientOptions,
  ResponseUnverified,
  signRequest,
} from '../../client/index.ts';
import { newSession, withKey } from '../harness/clients.ts';
import { type Person, signUp } from '../harness/people.ts';
import { registerKey } from '../harness/public-keys.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type PassingResponse, type TamperingProxy, tamperingProxy } from '../harness/tampering-proxy.ts';

let proxy: TamperingProxy;
let service: TestService;
let ada: Person;
let own: { apiKey: string; privateKey: CryptoKey };

beforeAll(async () => {
  proxy = await tamperingProxy();
  service = await startTestService({ env: { KEYSEAL_PUBLIC_ORIGINS: proxy.url } });
  proxy.aim(service.port);
  ada = await signUp(service);
  const permissions = ['exemple:read', 'echo:write', 'upload:write', 'profile:read'];
  const pair = generateKeyPairSync('ed25519');
  const { apiKey } = await registerKey(service, ada, pair, { permissions });
  own = { apiKey: apiKey as string, privateKey: await imported(pair.privateKey) };
});
afterEach(() => proxy.change(null));
afterAll(async () => {
  proxy.close();
  await service.stop();
});

const imported = (key: KeyObject): Promise<CryptoKey> =>
  crypto.subtle.importKey('pkcs8', key.export({ format: 'der', type: 'pkcs8' }), 'Ed25519', false, ['sign']);
const bySecret = (more: object = {}): KeysealClient =>
  createKeysealClient({ ...withKey(service), signatures: 'rfc9421', ...more } as KeysealClientOptions);
const byPrivateKey = (more: object = {}): KeysealClient =>
  createKeysealClient({ url: proxy.url, ...own, ...more } as KeysealClientOptions);
/** The last call and its response, not counting reads of the directory. */
const lastHeaders = () => proxy.requests.findLast(({ target }) => target.startsWith('/api/'))?.headers ?? {};
const lastResponse = () =>
  proxy.responses.findLast(
    ({ headers }) => headers['content-type'] === 'application/json',
  ) as PassingResponse;

describe.each([
  ['a signing secret', bySecret],
  ['a private key', byPrivateKey],
])('a client that makes RFC 9421 signatures with %s', (_, make) => {
  it.each<[string, (client: KeysealClient) => Promise<unknown>]>([
    ['a query', ({ exemple }) => exemple.query({ name: 'l’été & co' })],
    ['a batch', ({ exemple }) => Promise.all([exemple.query(), exemple.query({ name: 'Bo' })])],
    ['a mutation', ({ echo }) => echo.mutate({ text: 'l’été' })],
    ['an upload', ({ upload }) => upload.mutate(new Uint8Array(8))],
  ])('makes %s, and verifies its response', async (_name, call) => {
    await call(make());
    const { signature, 'signature-input': input, 'x-signature': v1 } = lastHeaders();
    expect([typeof signature, typeof input, v1]).toEqual(['string', 'string', undefined]);
    await call(make({ verifyResponses: true }));
    expect(lastResponse().headers['signature']).toMatch(/^keyseal=:/);
  });

  it('rejects the answer to another request', async () => {
    const client = make({ verifyResponses: true });
    await client.exemple.query();
    const earlier = lastResponse();
    proxy.change((response) =>
      response.headers['content-type'] === 'application/json' ? earlier : response,
    );
    const error = await client.exemple.query().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ResponseUnverified);
    expect(error).toMatchObject({ problem: 'signature' });
  });
});

describe('a client that makes RFC 9421 signatures', () => {
  it('calls on behalf of a user', async () => {
    const { id, signingSecret, token: accessToken, refreshToken } = ada;
    const accessTokenExpiresAt = new Date(Date.now() + 300_000).toISOString();
    const session = { id, signingSecret, accessToken, accessTokenExpiresAt, refreshToken };
    await byPrivateKey({ session, verifyResponses: true }).profile.query();
    expect(lastHeaders()['signature-input']).toContain('"x-user-token"');
  });

  it('signs for a person, and refreshes their session', async () => {
    const session = { ...(await newSession(service)), accessTokenExpiresAt: new Date(0).toISOString() };
    const seen: unknown[] = [];
    const client = createKeysealClient({
      url: proxy.url,
      session,
      signatures: 'rfc9421',
      verifyResponses: true,
      onSessionChange: (next) => seen.push(next),
    });
    await client.workspaces.list.query();
    expect(seen).toHaveLength(1);
    expect(lastHeaders()['signature-input']).toContain('"authorization"');
  });

  it('streams', async () => {
    const first = await new Promise((resolve, reject) => {
      const subscription = bySecret().clock.subscribe(
        { everyMs: 50 },
        {
          onData: ({ data }) => {
            subscription.unsubscribe();
            resolve(data);
          },
          onError: reject,
        },
      );
    });
    expect(first).toMatchObject({ tick: expect.any(Number) });
  });

  it('sends a refused request again, with a new signature, if that can help', async () => {
    proxy.change((response) => {
      proxy.change(null);
      const data = {
        code: 'UNAUTHORIZED',
        httpStatus: 401,
        reason: 'SIGNATURE_REPLAYED',
        requestId: '',
        docs: '',
      };
      const body = Buffer.from(JSON.stringify({ error: { message: 'm', code: -32001, data } }));
      return { ...response, status: 401, body };
    });
    const before = proxy.requests.length;
    await byPrivateKey().exemple.query();
    const [one, other] = proxy.requests.slice(before).map(({ headers }) => headers['signature']);
    expect([typeof other, one === other]).toEqual(['string', false]);
  });

  it.each([
    ['v1 for a private key', () => byPrivateKey({ signatures: 'v1' }), /only RFC 9421 signatures/],
    ['both kinds of secret', () => byPrivateKey({ signingSecret: 'kss_x' }), /both given/],
    ['another form', () => bySecret({ signatures: 'v2' }), /neither v1 nor rfc9421/],
    ['no key', () => byPrivateKey({ privateKey: undefined }), /signingSecret is missing/],
    ['a text as private key', () => byPrivateKey({ privateKey: 'pem' }), /not a private CryptoKey/],
  ])('refuses %s', (_, make, message) => expect(make).toThrow(message));
});

describe('a client with a private key of each kind, imported as the page says', () => {
  const page = (language: string) =>
    readFileSync(join(import.meta.dirname, `../../docs/${language}/standard-signatures.md`), 'utf8');
  const RSA = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const elliptic = (namedCurve: string) => () => generateKeyPairSync('ec', { namedCurve });

  it.each([
    ['EdDSA', () => generateKeyPairSync('ed25519'), "'Ed25519'"],
    ['ES256', elliptic('P-256'), "{ name: 'ECDSA', namedCurve: 'P-256' }"],
    ['ES384', elliptic('P-384'), "{ name: 'ECDSA', namedCurve: 'P-384' }"],
    ['PS512', RSA, "{ name: 'RSA-PSS', hash: 'SHA-512' }"],
    ['RS256', RSA, "{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }"],
  ] as const)('%s', async (alg, make, algorithm) => {
    for (const language of ['en', 'fr']) expect(page(language)).toContain(algorithm);
    const pair = make();
    const key = await registerKey(service, ada, pair, { permissions: ['exemple:read'] }, alg);
    const how = JSON.parse(algorithm.replace(/(\w+):/g, '"$1":').replaceAll("'", '"'));
    const der = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
    const privateKey = await crypto.subtle.importKey('pkcs8', der, how, false, ['sign']);
    const client = createKeysealClient({ url: proxy.url, apiKey: key.apiKey as string, privateKey });
    expect((await client.exemple.query()).message).toBe('Hello, world!');
  });
});

describe('verification by the directory', () => {
  const verifying = () => byPrivateKey({ verifyResponses: true });
  const reads = () => proxy.requests.filter(({ target }) => target.endsWith('-directory')).length;

  it('reads the directory once for many responses', async () => {
    const [client, before] = [verifying(), reads()];
    await client.exemple.query();
    await Promise.all([client.exemple.query(), client.echo.mutate({ text: 'x' })]);
    expect(reads() - before).toBe(1);
  });

  it('refuses an unpublished key, and reads the directory at most once more', async () => {
    const [client, before] = [verifying(), reads()];
    proxy.change((response) => {
      const input = String(response.headers['signature-input']).replace(
        /keyid="[^"]*"/,
        `keyid="${'A'.repeat(43)}"`,
      );
      return { ...response, headers: { ...response.headers, 'signature-input': input } };
    });
    for (let n = 0; n < 3; n++) {
      const error = await client.exemple.query().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ problem: 'key' });
    }
    expect(reads() - before).toBe(1);
  });

  it('refuses another key under the published id', async () => {
    const { x } = createPublicKey(generateKeyPairSync('ed25519').privateKey).export({ format: 'jwk' });
    proxy.change((response) =>
      String(response.headers['content-type']).includes('directory')
        ? { ...response, body: Buffer.from(response.body.toString().replace(/"x":"[^"]+"/, `"x":"${x}"`)) }
        : response,
    );
    const error = await verifying()
      .exemple.query()
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ problem: 'signature' });
  });

  it('waits for the directory for seconds only: the next call reads it again', async () => {
    let reading = 0;
    const hangs = async (url: string, init: object) => {
      if (!url.endsWith('-directory') || reading++ > 0) return fetch(url, init);
      return new Promise<never>(() => {});
    };
    const client = byPrivateKey({ verifyResponses: true, fetch: hangs, timeout: 500 });
    await expect(client.exemple.query()).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(client.exemple.query()).rejects.toMatchObject({ name: 'TimeoutError' });
    await vi.waitFor(async () => expect((await client.exemple.query()).message).toBe('Hello, world!'), {
      timeout: 15_000,
      interval: 500,
    });
    expect(reading).toBe(2);
  }, 20_000);

  it('rejects while the directory cannot be read, and recovers', async () => {
    const client = verifying();
    proxy.change((response) =>
      String(response.headers['content-type']).includes('directory')
        ? { ...response, status: 503 }
        : response,
    );
    await expect(client.exemple.query()).rejects.toThrow(/directory of keys returned HTTP 503/);
    proxy.change(null);
    expect((await client.exemple.query()).message).toBe('Hello, world!');
  });
});

describe('signRequest', () => {
  it.each([
    ['a signing secret', () => ({ ...withKey(service), url: undefined }), { signatures: 'rfc9421' } as const],
    ['a private key', () => own, {}],
  ])('signs any request by RFC 9421 with %s', async (_, credentials, options) => {
    const { apiKey, ...rest } = credentials() as { apiKey: string; signingSecret: string };
    const request = new Request(`${proxy.url}/api/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"text":"x"}',
    });
    const response = await fetch(await signRequest(request, { apiKey, ...rest }, options));
    expect([response.status, lastHeaders()['x-signature']]).toEqual([200, undefined]);
  });
});

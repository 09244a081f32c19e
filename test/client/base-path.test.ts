import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowserSession } from '../../client/browser-session.ts';
import { createGuard } from '../../client/guard/index.ts';
import { createKeysealClient, KeysealRefusal, type KeysealSession, signRequest } from '../../client/index.ts';
import { type Answer, answerWith, isSigned, KEY, recorder } from '../harness/recorder.ts';

const { apiKey, signingSecret } = KEY;
const SESSION: KeysealSession = {
  id: `ses_${'d'.repeat(12)}`,
  signingSecret,
  accessToken: 'a.token',
  accessTokenExpiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  refreshToken: 'refresh',
};

let server: Awaited<ReturnType<typeof recorder>>;
let answer: Answer;

beforeAll(async () => {
  server = await recorder((...args) => answer(...args));
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
  answer = answerWith({});
});

const targets = () => server.received.map(({ target }) => target.split('?', 1)[0]);
const client = (path: string) => createKeysealClient({ url: server.url + path, apiKey, signingSecret });

describe('B7: a service below a path', () => {
  it.each(['/keyseal', '/keyseal/', '/keyseal//', '/a/b/keyseal'])(
    'is called below the path %s',
    async (path) => {
      await client(path).exemple.query({ name: "O'Neill" });
      expect(targets()).toEqual([`${path.replace(/\/+$/, '')}/api/exemple`]);
      expect(server.received.map((request) => isSigned(request))).toEqual([true]);
    },
  );

  it('is called in each way, signed as sent', async () => {
    const { echo, exemple, upload, health, audit } = client('/keyseal');
    await Promise.all([exemple.query(), exemple.query()]);
    await echo.mutate({ text: 'é' });
    await upload.mutate(new Uint8Array([1, 2]));
    await audit.verify.query({});
    await health.query();
    expect(targets()).toEqual([
      '/keyseal/api/exemple,exemple',
      '/keyseal/api/echo',
      '/keyseal/api/upload',
      '/keyseal/api/audit.verify',
      '/keyseal/api/health',
    ]);
    expect(server.received.map((request) => isSigned(request))).toEqual([true, true, true, true, false]);
  });

  it('serves streams', async () => {
    answer = (_, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.write('event: connected\ndata: {}\n\nid: 1\ndata: {"tick":1}\n\n');
    };
    await new Promise<void>((resolve, reject) => {
      const subscription = client('/keyseal').clock.subscribe(
        { everyMs: 50 },
        {
          onError: reject,
          onData: () => {
            subscription.unsubscribe();
            resolve();
          },
        },
      );
    });
    expect([targets(), server.received.every((request) => isSigned(request))]).toEqual([
      ['/keyseal/api/clock'],
      true,
    ]);
  });

  it('refreshes a session', async () => {
    const { signingSecret: _, ...refreshed } = SESSION;
    answer = (request, ...rest) =>
      answerWith(request.target.includes('auth.refresh') ? { session: refreshed } : {})(request, ...rest);
    const session = { ...SESSION, accessTokenExpiresAt: new Date().toISOString() };
    await createKeysealClient({ url: `${server.url}/keyseal`, session }).whoami.query();
    expect(targets()).toEqual(['/keyseal/api/auth.refresh', '/keyseal/api/whoami']);
    expect(server.received.map((request) => isSigned(request))).toEqual([true, true]);
  });

  it('links its docs', async () => {
    const session = createBrowserSession({ url: `${server.url}/keyseal/` });
    const calling = createKeysealClient({ url: `${server.url}/keyseal/`, session }).whoami.query();
    const refusal = await calling.catch((error: KeysealRefusal) => error);
    if (!(refusal instanceof KeysealRefusal)) throw new Error('not refused');
    expect(refusal.details.docs).toBe(`${server.url}/keyseal/docs/refusals#TOKEN_MISSING`);
  });

  it('links its docs in the refusals of a guard', async () => {
    const guard = createGuard({
      url: `${server.url}/keyseal/`,
      apiKey,
      signingSecret,
      authority: 'shop.test',
    });
    const refused = await guard.fetch({}, () => new Response())(new Request('http://else.test/orders'));
    const { error } = (await refused.json()) as { error: { data: { docs: string } } };
    expect(error.data.docs).toMatch(/\/keyseal\/docs\/refusals#[A-Z_]+$/);
    expect(error.data.docs.startsWith(server.url)).toBe(true);
  });

  it('is signed by signRequest as it is sent', async () => {
    const request = new Request(`${server.url}/keyseal/api/exemple?input=%7B%7D`);
    await fetch(await signRequest(request, { apiKey, signingSecret }));
    expect(server.received.map((one) => isSigned(one))).toEqual([true]);
  });

  it.each([
    ['api.example.com', 'url is not a URL'],
    ['ftp://api.example.com', 'url is not a URL'],
    ['', 'url is not a URL'],
    ['https://api.example.com?a=b', 'query or a fragment'],
    ['https://api.example.com/keyseal?', 'query or a fragment'],
    ['https://api.example.com/#top', 'query or a fragment'],
    ['https://ada:secret@api.example.com', 'user or a password'],
    ['https://api.example.com//keyseal', 'empty segment'],
    ['https://api.example.com/a//b', 'empty segment'],
  ])('%j is a TypeError: %s', (url, sentence) => {
    for (const make of [createKeysealClient, createBrowserSession]) {
      expect(() => make({ url })).toThrow(TypeError);
      expect(() => make({ url })).toThrow(sentence);
    }
  });
});

import nodeFetch from 'node-fetch';
import { fetch as undiciFetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CustomFetch,
  createKeysealClient,
  type FetchInit,
  KeysealHttpError,
  type KeysealRefusal,
} from '../../client/index.ts';
import { newSession, withKey } from '../harness/clients.ts';
import { recorder } from '../harness/recorder.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { sha256 } from '../harness/wire.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/** Its types allow only Node bodies, not bytes; it accepts them all the same. */
const ofNodeFetch = nodeFetch as unknown as CustomFetch;

/** Sets its headers only from `init`, as wrappers do that trace or log. */
const wrapper: CustomFetch = (url, init) => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(init.headers)) headers.set(name, value);
  headers.set('x-trace', '1');
  return fetch(url, { method: init.method, body: init.body ?? null, headers, redirect: init.redirect });
};

describe.each<[string, CustomFetch]>([
  ['undici', undiciFetch],
  ['node-fetch', ofNodeFetch],
  ['a wrapper that builds its own init', wrapper],
])('C4: the fetch of %s', (_, fetch) => {
  const client = () => createKeysealClient({ ...withKey(service), fetch });

  it('sends queries, batches and mutations with their proofs', async () => {
    const { exemple, echo, whoami } = client();
    expect((await exemple.query({ name: 'O’Neill é' })).message).toBe('Hello, O’Neill é!');
    const [one, other] = await Promise.all([exemple.query(), whoami.query()]);
    expect([one.caller.keyId, other.kind]).toEqual([service.demo.id, 'key']);
    expect((await echo.mutate({ text: 'é😀' })).text).toBe('é😀');
  });

  it('sends forms, Blobs and bytes', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(20_000));
    const expected = { size: bytes.length, sha256: sha256(Buffer.from(bytes)) };
    const form = new FormData();
    form.set('file', new File([bytes], 'été.bin'));
    for (const input of [bytes, new Blob([bytes]), form]) {
      expect(await client().upload.mutate(input)).toMatchObject(expected);
    }
  });

  it('makes public calls and those of a person', async () => {
    expect((await client().health.query()).status).toBe('ok');
    const session = await newSession(service);
    const person = createKeysealClient({ url: service.url, session, fetch });
    expect((await person.whoami.query()).kind).toBe('user');
  });

  it('reads refusals, and pages that are not Keyseal’s', async () => {
    const refusal = await createKeysealClient({ ...withKey(service), signingSecret: 'kss_x', fetch })
      .exemple.query()
      .catch((error: KeysealRefusal) => error);
    expect(refusal).toMatchObject({ reason: 'SIGNATURE_INVALID', status: 401 });
    expect((refusal as KeysealRefusal).message).toContain('signing secret is not the one');
    const proxy = await recorder((_, response) =>
      response.writeHead(302, { location: 'https://other.example/login' }).end('<html>'),
    );
    const error = await createKeysealClient({ ...withKey(service), url: proxy.url, fetch })
      .exemple.query()
      .catch((caught: unknown) => caught);
    proxy.stop();
    expect(error).toBeInstanceOf(KeysealHttpError);
    expect(error).toMatchObject({ status: 302, location: 'https://other.example/login' });
  });

  it('streams', async () => {
    const tick = await new Promise<number>((resolve, reject) => {
      const subscription = client().clock.subscribe(
        { everyMs: 50 },
        {
          onError: reject,
          onData: ({ data }) => {
            subscription.unsubscribe();
            resolve(data.tick);
          },
        },
      );
    });
    expect(tick).toBe(1);
  });
});

describe('C4: a replacement for fetch', () => {
  it('receives a string as URL and plain values only', async () => {
    const given: [string, FetchInit][] = [];
    const fetch: CustomFetch = (url, init) => {
      given.push([url, init]);
      return globalThis.fetch(url, init);
    };
    const client = createKeysealClient({ ...withKey(service), fetch });
    await client.echo.mutate({ text: 'x' });
    await client.exemple.query();
    await client.health.query();
    await client.upload.mutate(new Blob(['x']));
    for (const [url, init] of given) {
      expect(typeof url).toBe('string');
      expect(Object.keys(init).filter((name) => name !== 'body')).toEqual([
        ...['method', 'headers', 'signal', 'redirect'],
      ]);
      expect(Object.getPrototypeOf(init.headers)).toBe(Object.prototype);
      expect(init.redirect).toBe('manual');
    }
    expect(given.map(([, { body }]) => (typeof body === 'string' ? body : body?.constructor.name))).toEqual([
      '{"0":{"text":"x"}}',
      undefined,
      undefined,
      'Uint8Array',
    ]);
  });

  it('is the current global one if the options name none', async () => {
    const client = createKeysealClient(withKey(service));
    const { fetch } = globalThis;
    let calls = 0;
    globalThis.fetch = (...args) => {
      calls++;
      return fetch(...args);
    };
    try {
      await client.exemple.query();
    } finally {
      globalThis.fetch = fetch;
    }
    expect(calls).toBe(1);
  });

  describe('that rejects for a status, as ky does', () => {
    const rejecting =
      (before: (response: Response) => unknown): CustomFetch =>
      async (url, init) => {
        const response = await globalThis.fetch(url, init);
        await before(response);
        if (response.ok) return response;
        throw Object.assign(new Error(`Request failed with status code ${response.status}`), { response });
      };

    it('leaves the refusal as it is', async () => {
      const fetch = rejecting(() => {});
      const wrong = createKeysealClient({ ...withKey(service), signingSecret: 'kss_x', fetch });
      await expect(wrong.exemple.query()).rejects.toMatchObject({ reason: 'SIGNATURE_INVALID', status: 401 });
      await expect(
        createKeysealClient({ ...withKey(service), fetch }).exemple.query(),
      ).resolves.toBeDefined();
    });

    it('and has read the body fails in a sentence', async () => {
      const fetch = rejecting(async (response) => response.ok || (await response.text()));
      const wrong = createKeysealClient({ ...withKey(service), signingSecret: 'kss_x', fetch });
      await expect(wrong.exemple.query()).rejects.toThrow(
        'The replacement for fetch rejected for HTTP 401, and has read the body',
      );
    });

    it('passes on an error that has no answer', async () => {
      const fetch: CustomFetch = () => Promise.reject(new Error('no network'));
      const offline = createKeysealClient({ ...withKey(service), fetch });
      await expect(offline.exemple.query()).rejects.toThrow('no network');
    });
  });
});

import { afterAll, beforeAll, expect } from 'vitest';
import type * as KeysealClient from '../../client/index.ts';
import { type BrowserPage, openPage } from '../harness/browser.ts';
import { newSession, withKey } from '../harness/clients.ts';
import { freePort } from '../harness/process.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { sha256 } from '../harness/wire.ts';

requires('browser').describe('the client in a browser, on a page of another origin', () => {
  const { test } = requires('browser');
  let service: TestService;
  let browser: BrowserPage;

  beforeAll(async () => {
    const port = await freePort();
    service = await startTestService({ env: { KEYSEAL_CORS_ORIGINS: `http://localhost:${port}` } });
    browser = await openPage(port);
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
  });

  /** Runs a function in the page, with the client that the page imports. */
  function inPage<Given, Answer>(
    run: (keyseal: typeof KeysealClient, given: Given) => Promise<Answer>,
    given: Given,
  ): Promise<Answer> {
    const source = `async (given) => (${run})(await import('keyseal/client'), given)`;
    return browser.page.evaluate(`(${source})(${JSON.stringify(given)})`) as Promise<Answer>;
  }

  test('signs what the browser sends: unusual characters, batches, both methods', async () => {
    const texts = ["O'Neill", 'l’été & ?#=%', '😀+ \\'];
    const answers = await inPage(
      async ({ createKeysealClient }, { options, names }) => {
        const client = createKeysealClient(options as Parameters<typeof createKeysealClient>[0]);
        const greeted = await Promise.all(names.map((name) => client.exemple.query({ name })));
        const echoed = await Promise.all(names.map((text) => client.echo.mutate({ text })));
        return [...greeted.map(({ message }) => message), ...echoed.map(({ text }) => text)];
      },
      { options: withKey(service), names: texts },
    );
    expect(answers).toEqual([...texts.map((text) => `Hello, ${text}!`), ...texts]);
  });

  test('sends bytes and forms, and hashes all of each', async () => {
    const answers = await inPage(async ({ createKeysealClient }, options) => {
      const client = createKeysealClient(options as Parameters<typeof createKeysealClient>[0]);
      const form = new FormData();
      form.set('file', new File(['content'], 'été.txt', { type: 'text/plain' }));
      return [await client.upload.mutate(form), await client.upload.mutate(new Uint8Array([0, 255]))];
    }, withKey(service));
    expect(answers).toEqual([
      { name: 'été.txt', size: 7, sha256: sha256('content') },
      { name: null, size: 2, sha256: sha256(Buffer.from([0, 255])) },
    ]);
  });

  test('calls for a person, and refreshes the session once', async () => {
    const session = await newSession(service);
    const { kind, renewed } = await inPage(
      async ({ createKeysealClient }, { url, stored }) => {
        let changes = 0;
        const onSessionChange = () => {
          changes++;
        };
        const client = createKeysealClient({ url, session: stored, onSessionChange });
        const [me] = await Promise.all([client.whoami.query(), client.keys.list.query()]);
        return { kind: me.kind, renewed: changes };
      },
      { url: service.url, stored: { ...session, accessTokenExpiresAt: new Date().toISOString() } },
    );
    expect([kind, renewed]).toEqual(['user', 1]);
  });

  test('receives a stream', async () => {
    const ticks = await inPage(
      ({ createKeysealClient }, options) =>
        new Promise<number[]>((resolve, reject) => {
          const client = createKeysealClient(options as Parameters<typeof createKeysealClient>[0]);
          const seen: number[] = [];
          const subscription = client.clock.subscribe(
            { everyMs: 50 },
            {
              onError: reject,
              onData: ({ data: { tick } }) => {
                seen.push(tick);
                if (seen.length < 3) return;
                subscription.unsubscribe();
                resolve(seen);
              },
            },
          );
        }),
      withKey(service),
    );
    expect(ticks).toEqual([1, 2, 3]);
  });

  test('reports the reason of a refusal', async () => {
    const refused = await inPage(
      async ({ createKeysealClient, KeysealRefusal }, options) => {
        const client = createKeysealClient(options as Parameters<typeof createKeysealClient>[0]);
        const error = await client.exemple.query().catch((caught: unknown) => caught);
        return error instanceof KeysealRefusal
          ? [error.reason, typeof error.details.requestId]
          : String(error);
      },
      { ...withKey(service), signingSecret: `kss_${'A'.repeat(43)}` },
    );
    expect(refused).toEqual(['SIGNATURE_INVALID', 'string']);
    expect(browser.consoleErrors).toEqual([]);
  });
});

import { sql } from 'drizzle-orm';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type * as Session from '../../client/browser-session.ts';
import * as Keyseal from '../../client/index.ts';
import { closeContexts, launch, lendFiles, serveFiles } from '../harness/browser.ts';
import { freePort } from '../harness/process.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';

/** What a page of the tests has made. */
interface Made {
  readonly session: Session.BrowserSession;
  readonly client: Keyseal.KeysealClient;
}

declare global {
  var made: Made;
}

const PASSWORD = 'correct horse battery';

/** Browsers as some are in private windows. */
const KEEPING_NOTHING = {
  'has no IndexedDB': () => void Object.defineProperty(globalThis, 'indexedDB', { value: undefined }),
  'does not open its database': () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('not in a private window', 'SecurityError');
    };
  },
  'keeps no keys': () => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('not a key', 'DataCloneError');
    };
  },
};

const WRONG_CLOCKS = {
  // Further ahead than ten minutes is no accident to the server.
  'nine minutes ahead': () => {
    const now = Date.now;
    Date.now = () => now() + 540_000;
  },
  'an hour behind': () => {
    const now = Date.now;
    Date.now = () => now() - 3_600_000;
  },
};

requires('browser').describe('the session of a browser', () => {
  const { test } = requires('browser');
  let service: TestService;
  let browser: Browser;
  let context: BrowserContext;
  /** The origin of the pages: another than the service's. */
  let origin: string;
  let files: { close(): Promise<void> };
  let people = 0;

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    files = await serveFiles(port, 'localhost');
    service = await startTestService({ env: { KEYSEAL_CORS_ORIGINS: origin } });
    browser = await launch();
  });
  afterAll(async () => {
    await closeContexts(browser);
    await files.close();
    await service.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    return () => context.close();
  });

  /** A tab with a session and a client of its own. */
  async function tab(options: object = {}, { at = origin, before = () => {} } = {}): Promise<Page> {
    const page = await context.newPage();
    await page.addInitScript(before);
    await page.goto(`${at}/`);
    await prepare(page, options);
    return page;
  }

  function prepare(page: Page, options: object = {}): Promise<void> {
    return page.evaluate(
      `(async (options) => {
        const { createBrowserSession } = await import('keyseal/client/session');
        const { createKeysealClient } = await import('keyseal/client');
        const session = createBrowserSession(options);
        globalThis.made = { session, client: createKeysealClient({ url: options.url, session }) };
      })(${JSON.stringify({ url: service.url, ...options })})`,
    );
  }

  const newEmail = () => `tab-${++people}@example.com`;

  const signUp = (page: Page, email = newEmail()) =>
    page.evaluate((input) => globalThis.made.session.signUp(input), { email, password: PASSWORD });

  const whoami = (page: Page) =>
    page.evaluate(async () => (await globalThis.made.client.whoami.query()).user?.email);

  const refusal = (page: Page) =>
    page.evaluate(() =>
      globalThis.made.client.whoami.query().then(
        () => 'none',
        (error) => error.reason ?? error.message,
      ),
    );

  /** Until a tab has received it from the other. */
  const isIn = (page: Page) => page.waitForFunction(() => typeof globalThis.made.session.id === 'string');

  const isOver = (page: Page) => page.waitForFunction(() => globalThis.made.session.id === null);

  /** Calls of a procedure, as they are sent. */
  function sent(path: string): Request[] {
    const requests: Request[] = [];
    context.on('request', (request) => {
      if (new URL(request.url()).pathname === `/api/${path}`) requests.push(request);
    });
    return requests;
  }

  /** What is in the database, after changing it; keys come out as words. */
  function kept(page: Page, change: object = {}): Promise<Record<string, unknown> | null> {
    return page.evaluate(async (changed) => {
      const [{ name = '' } = {}] = await indexedDB.databases();
      const opening = indexedDB.open(name);
      await new Promise((resolve) => {
        opening.onsuccess = resolve;
      });
      const store = opening.result.transaction('session', 'readwrite').objectStore('session');
      const reading = store.get('current');
      await new Promise((resolve) => {
        reading.onsuccess = resolve;
      });
      if (reading.result) store.put({ ...reading.result, ...changed }, 'current');
      await new Promise((resolve) => {
        store.transaction.oncomplete = resolve;
      });
      opening.result.close();
      const words = (value: unknown) => (value instanceof CryptoKey ? String(value) : value);
      if (!reading.result) return null;
      return Object.fromEntries(Object.entries(reading.result).map(([key, value]) => [key, words(value)]));
    }, change);
  }

  /** A tab of a signed-in person, whose token every tab that is opened later takes for expired. */
  async function tabOfExpired(options: object = {}, at = origin): Promise<Page> {
    const page = await tab(options, { at });
    await signUp(page);
    await kept(page, { accessTokenExpiresAt: new Date().toISOString() });
    return page;
  }

  const waitsForLock = (page: Page) =>
    page.waitForFunction(async () => ((await navigator.locks.query()).pending ?? []).length > 0);

  test('survives a reload, and is available to a tab that is opened later', async () => {
    const page = await tab();
    const email = newEmail();
    expect(await signUp(page, email)).toMatchObject({ email });
    expect(await whoami(page)).toBe(email);
    await page.reload();
    await prepare(page);
    expect(await whoami(page)).toBe(email);
    expect(await whoami(await tab())).toBe(email);
    expect(await page.evaluate(() => globalThis.made.session.lasting)).toBe(true);
  });

  test('reaches tabs that are already open, and so does the next sign-in', async () => {
    const [one, other] = [await tab(), await tab()];
    await isOver(other);
    const ids = () => other.evaluate(() => globalThis.made.session.id);
    await signUp(one);
    await isIn(other);
    const first = await ids();
    const email = newEmail();
    await signUp(one, email);
    await other.waitForFunction((id) => globalThis.made.session.id !== id, first);
    expect(await whoami(other)).toBe(email);
  });

  test('has a name, so that two sessions can exist side by side', async () => {
    const [one, other] = [await tab({ name: 'one' }), await tab({ name: 'other' })];
    const emails = [newEmail(), newEmail()];
    await signUp(one, emails[0]);
    await signUp(other, emails[1]);
    expect([await whoami(one), await whoami(other)]).toEqual(emails);
  });

  test('keeps its secret unreadable, and stores no password', async () => {
    const page = await tab();
    const answered = page.waitForResponse(/auth\.signUp/);
    await signUp(page);
    const { signingSecret, accessToken } = (await (await answered).json()).result.data.session;
    await whoami(page);
    const state = JSON.stringify([
      await kept(page),
      await page.evaluate(() => ({ ...localStorage, ...sessionStorage, cookie: document.cookie })),
      await page.evaluate(async () => [...(await caches.keys()), location.href, window.name, history.state]),
      await context.storageState({ indexedDB: true }),
    ]);
    expect(state).toContain(accessToken);
    expect(signingSecret).toMatch(/^kss_/);
    for (const secret of [signingSecret, signingSecret.slice(4), PASSWORD])
      expect(state).not.toContain(secret);
    expect(await kept(page)).toMatchObject({ privateKey: '[object CryptoKey]' });
    expect(await kept(page)).not.toHaveProperty('signingSecret');
  });

  test('has a key that cannot be exported', async () => {
    const page = await tab();
    await signUp(page);
    const outcomes = await page.evaluate(async () => {
      let key: CryptoKey | undefined;
      const clock = { now: () => 0 };
      const manager = globalThis.made.session.managerFor(clock, () =>
        Promise.reject(new Error('no refresh')),
      );
      key = ((await manager.fresh()) as Keyseal.KeySession).privateKey;
      const tried = (['pkcs8', 'jwk'] as const).map((format) =>
        crypto.subtle.exportKey(format, key).then(
          () => 'exported',
          (error) => error.name,
        ),
      );
      return [key.extractable, key.usages.join(), JSON.stringify(key), ...(await Promise.all(tried))];
    });
    expect(outcomes).toEqual([false, 'sign', '{}', 'InvalidAccessError', 'InvalidAccessError']);
  });

  test('signs with a key of the browser, which the service does not have', async () => {
    const page = await tab();
    const calls = sent('whoami');
    await signUp(page);
    await whoami(page);
    const headers = calls[0]?.headers() ?? {};
    expect(Object.keys(headers)).toEqual(expect.arrayContaining(['signature', 'signature-input']));
    expect(headers).not.toHaveProperty('x-signature');
    const { database } = service.running.service.stores;
    const id = await page.evaluate(() => globalThis.made.session.id);
    const query = sql`select signing_sealed, public_key->>'algorithm' as algorithm from sessions where id = ${id}`;
    expect(await database.query(query)).toEqual([{ signing_sealed: '', algorithm: 'ed25519' }]);
  });

  const withoutKeyTypes: readonly (readonly [string, () => void, string | null])[] = [
    [
      'P-256 without Ed25519',
      () => {
        const make = SubtleCrypto.prototype.generateKey;
        SubtleCrypto.prototype.generateKey = function (this: SubtleCrypto, ...args: never[]) {
          if ((args[0] as unknown) === 'Ed25519')
            return Promise.reject(new DOMException('', 'NotSupportedError'));
          return make.apply(this, args as never);
        } as never;
      },
      'ecdsa-p256-sha256',
    ],
    [
      'its signing secret without either',
      () => {
        SubtleCrypto.prototype.generateKey = () =>
          Promise.reject(new DOMException('', 'NotSupportedError')) as never;
      },
      null,
    ],
  ];
  for (const [name, before, algorithm] of withoutKeyTypes)
    test(`signs by ${name}`, async () => {
      const page = await tab({}, { before });
      const email = newEmail();
      await signUp(page, email);
      expect(await whoami(page)).toBe(email);
      const { database } = service.running.service.stores;
      const id = await page.evaluate(() => globalThis.made.session.id);
      const query = sql`select public_key->>'algorithm' as algorithm from sessions where id = ${id}`;
      expect(await database.query(query)).toEqual([{ algorithm }]);
    });

  test('keeps its signing secret with a service that takes no public key', async () => {
    await context.route(/sessions\.setPublicKey/, (route) => {
      const data = { code: 'NOT_FOUND', httpStatus: 404, reason: 'PROCEDURE_NOT_FOUND', requestId: 'r' };
      return route.fulfill({ status: 404, json: { error: { message: 'none', code: -32004, data } } });
    });
    const page = await tab();
    const email = newEmail();
    await signUp(page, email);
    expect(await whoami(page)).toBe(email);
    expect(await kept(page)).toMatchObject({ signingSecret: '[object CryptoKey]' });
  });

  test('is refreshed by one of two tabs that both need a token', async () => {
    await tabOfExpired();
    const [one, other] = [await tab(), await tab()];
    const refreshes = sent('auth.refresh');
    await context.route(/auth\.refresh/, async (route) => {
      // Not before the other wants it too.
      await waitsForLock(one);
      await route.continue();
    });
    const [first, second] = await Promise.all([whoami(one), whoami(other)]);
    expect(first).toBe(second);
    expect(refreshes).toHaveLength(1);
    await one.reload();
    await prepare(one);
    await whoami(one);
    expect(refreshes).toHaveLength(1);
  });

  test('survives a tab that closes before it stores the refreshed token', async () => {
    await tabOfExpired();
    const [one, other] = [await tab(), await tab()];
    const before = await kept(other);
    const refreshes = sent('auth.refresh');
    await context.route(
      /auth\.refresh/,
      async (route) => {
        const calling = whoami(other);
        await waitsForLock(other);
        expect((await route.fetch()).status()).toBe(200);
        await one.close();
        called(calling);
      },
      { times: 1 },
    );
    let called: (calling: Promise<unknown>) => void = () => {};
    const calling = new Promise((resolve) => {
      called = resolve;
    });
    await Promise.allSettled([whoami(one), calling]);
    expect(await calling).toMatch(/@example\.com$/);
    expect(refreshes).toHaveLength(2);
    expect((await kept(other))?.['refreshToken']).not.toBe(before?.['refreshToken']);
  });

  test('does not wait for a tab that hangs while it holds the lock', async () => {
    const hanging = await tabOfExpired();
    await hanging.evaluate(async () => {
      const [{ name = '' } = {}] = await indexedDB.databases();
      await new Promise<void>((locked) => {
        void navigator.locks.request(name, () => {
          locked();
          return new Promise(() => {});
        });
      });
    });
    const impatient = () => {
      const real = AbortSignal.timeout.bind(AbortSignal);
      AbortSignal.timeout = (ms) => real(ms === 25_000 ? 500 : ms);
    };
    const page = await tab({}, { before: impatient });
    expect(await whoami(page)).toMatch(/@example\.com$/);
  });

  test('does not come back if another person signed in during a refresh', async () => {
    await tabOfExpired();
    const [one, other] = [await tab(), await tab()];
    const email = newEmail();
    await context.route(/auth\.refresh/, async (route) => {
      await signUp(other, email);
      await route.continue();
    });
    await whoami(one).catch(() => {});
    expect([await whoami(one), await whoami(other)]).toEqual([email, email]);
  });

  test('that is signed out in one tab ends in all, and nothing more is sent', async () => {
    const [one, other] = [await tab(), await tab()];
    await signUp(one);
    await isIn(other);
    await whoami(other);
    await other.evaluate(async () => {
      const observed: unknown[] = [];
      Object.assign(globalThis, { observed });
      globalThis.made.session.subscribe(() => observed.push(globalThis.made.session.id));
    });
    // What a script on the page could have taken in the meantime is useless afterwards.
    await other.evaluate(async () => {
      const manager = globalThis.made.session.managerFor({ now: () => 0 }, () => Promise.reject());
      Object.assign(globalThis, { taken: await manager.fresh() });
    });
    await one.evaluate(() => globalThis.made.session.signOut());
    await isOver(other);
    const calls = sent('whoami');
    expect([await refusal(one), await refusal(other)]).toEqual(['TOKEN_MISSING', 'TOKEN_MISSING']);
    expect(calls).toEqual([]);
    expect(await kept(one)).toBeNull();
    expect(await other.evaluate(`globalThis.observed`)).toEqual([null]);
    const taken = `(async () => {
      const { createKeysealClient } = await import('keyseal/client');
      const client = createKeysealClient({ url: ${JSON.stringify(service.url)}, session: globalThis.taken });
      return client.whoami.query().catch(({ reason }) => reason);
    })()`;
    expect(await other.evaluate(taken)).toBe('SESSION_ENDED');
  });

  test('that is ended elsewhere ends in every tab as soon as one tab learns it', async () => {
    const [one, other] = [await tab(), await tab()];
    const email = newEmail();
    await signUp(one, email);
    await isIn(other);
    await whoami(other);
    const answer = await Keyseal.createKeysealClient({ url: service.url }).auth.signIn.mutate({
      ...{ email, password: PASSWORD },
    });
    if ('next' in answer) throw new Error('a second factor');
    const { session } = answer;
    const elsewhere = Keyseal.createKeysealClient({ url: service.url, session });
    const passwords = { currentPassword: PASSWORD, newPassword: 'another horse battery' };
    await elsewhere.auth.changePassword.mutate(passwords);
    expect(await refusal(one)).toBe('SESSION_ENDED');
    expect(await refusal(one)).toBe('SESSION_ENDED');
    await isOver(other);
    expect(await kept(one)).toBeNull();
  });

  test('is deleted on sign-out even if the service does not answer', async () => {
    const page = await tab();
    await signUp(page);
    await context.route(/auth\.signOut/, (route) => route.abort());
    const signedOut = await page.evaluate(() =>
      globalThis.made.session.signOut().then(
        () => 'reported',
        () => 'not reported',
      ),
    );
    expect([signedOut, await kept(page)]).toEqual(['not reported', null]);
  });

  test('is deleted on sign-out even if the code that signs does not arrive', async () => {
    await signUp(await tab());
    const page = await context.newPage();
    await page.addInitScript(() => {
      const timeout = AbortSignal.timeout.bind(AbortSignal);
      AbortSignal.timeout = () => timeout(100);
    });
    await page.goto(`${origin}/`);
    await context.route('**/create-client.js', () => {});
    const signedOut = await page.evaluate(
      `import('keyseal/client/session')
        .then(({ createBrowserSession }) => createBrowserSession(${JSON.stringify({ url: service.url })}).signOut())
        .then(() => 'reported', ({ name }) => name)`,
    );
    expect([signedOut, await kept(page)]).toEqual(['TimeoutError', null]);
  });

  test('reports that it needs HTTPS or localhost, and sends nothing', async () => {
    const insecure = 'http://example.test';
    await lendFiles(context, insecure);
    const page = await tab({}, { at: insecure });
    const requests: string[] = [];
    context.on('request', (request) => void requests.push(request.url()));
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    // Until it has looked into its database it says neither yes nor no.
    await isOver(page);
    await expect(signUp(page)).rejects.toThrow('browsers have WebCrypto only on HTTPS and localhost pages');
    expect(await refusal(page)).toContain('HTTPS and localhost pages');
    expect(requests).toEqual([]);
  });

  for (const [how, before] of Object.entries(KEEPING_NOTHING)) {
    test(`is kept in its page only if a browser ${how}`, async () => {
      const page = await tab({}, { before });
      const email = newEmail();
      await signUp(page, email);
      expect(await whoami(page)).toBe(email);
      expect(await page.evaluate(() => globalThis.made.session.lasting)).toBe(false);
      await page.reload();
      await prepare(page);
      expect(await refusal(page)).toBe('TOKEN_MISSING');
    });
  }

  for (const [how, before] of Object.entries(WRONG_CLOCKS)) {
    test(`corrects a clock that is ${how}, with a key that no script can read`, async () => {
      const page = await tab({}, { before });
      const calls = sent('whoami');
      const email = newEmail();
      await signUp(page, email);
      expect(await whoami(page)).toBe(email);
      const first = calls.length;
      expect(await whoami(page)).toBe(email);
      // The second call is right at once.
      expect(calls.length - first).toBe(1);
    });
  }

  test('keeps its refresh token in a cookie on pages of the service itself', async () => {
    await lendFiles(context, service.url);
    const page = await tabOfExpired({ cookie: true }, service.url);
    const cookie = async () =>
      (await context.cookies()).find(({ name }) => name === '__Host-keyseal-refresh');
    const before = await cookie();
    expect(before).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict' });
    const refreshes = sent('auth.refresh');
    await page.reload();
    await prepare(page, { cookie: true });
    expect(await whoami(page)).toMatch(/@example\.com$/);
    expect(refreshes.map((request) => request.postData())).toEqual(['{}']);
    expect(await kept(page)).toMatchObject({ refreshToken: null });
    expect(JSON.stringify(await kept(page))).not.toContain('ksr_');
    expect((await cookie())?.value).not.toBe(before?.value);
    await page.evaluate(() => globalThis.made.session.signOut());
    expect(await cookie()).toBeUndefined();
  });
});

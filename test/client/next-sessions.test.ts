import { execFile, spawn } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { freshFolder } from '../harness/fresh.ts';
import { packClient, unpack } from '../harness/packed.ts';
import { createKey, signUp } from '../harness/people.ts';
import { freePort } from '../harness/process.ts';
import { NEXT, requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

const BASE_PATH = '/shop';

/** The pages and a route handler of examples/next, in a Next that was built and started below a base path. */
requires('next').describe('C8, B7: sessions, and the guard, in Next below a base path', () => {
  const { test } = requires('next');
  const { PATH = '', HOME = '' } = process.env;
  const quiet = { PATH, HOME, NEXT_TELEMETRY_DISABLED: '1' };
  /** Milliseconds by which the service's clock is ahead of Next's. */
  let ahead = 0;
  let service: TestService;
  let key: Credentials;
  let port: number;
  let url: string;
  let stop: () => Promise<unknown> = async () => {};

  beforeAll(async () => {
    // A copy: the tests of the guard build in the folder itself.
    const folder = await freshFolder();
    cpSync(NEXT, folder, { recursive: true, verbatimSymlinks: true });
    rmSync(join(folder, '.next'), { recursive: true, force: true });
    rmSync(join(folder, 'node_modules', '@keyseal'), { recursive: true, force: true });
    await unpack(await packClient(), folder, '@keyseal/client');
    writeFileSync(join(folder, 'next.config.mjs'), `export default { basePath: '${BASE_PATH}' };`);
    const cli = join(folder, 'node_modules', 'next', 'dist', 'bin', 'next');
    await promisify(execFile)(process.execPath, [cli, 'build'], { cwd: folder, env: quiet });
    service = await startTestService({
      clock: () => Date.now() + ahead,
      env: { KEYSEAL_PERMISSIONS: 'orders:write' },
    });
    const ada = await signUp(service);
    key = await createKey(service, ada, { permissions: ['orders:write'] });
    const { apiKey, signingSecret } = await verifyingKey(service, ada);
    const guard = {
      KEYSEAL_API_KEY: apiKey ?? '',
      KEYSEAL_SIGNING_SECRET: signingSecret,
      AUTHORITY: ORDERS,
      BASE_PATH,
    };
    port = await freePort();
    const child = spawn(process.execPath, [cli, 'start', '-p', String(port), '-H', '127.0.0.1'], {
      cwd: folder,
      env: { ...quiet, ...guard, KEYSEAL_URL: service.url, INSECURE_COOKIE: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = new Promise((resolve) => child.once('close', resolve));
    stop = () => {
      child.kill('SIGKILL');
      return exited;
    };
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => String(chunk).includes('Ready') && resolve());
      void exited.then(() => reject(new Error('Next ended')));
    });
    url = `http://127.0.0.1:${port}${BASE_PATH}`;
  }, 400_000);
  afterAll(async () => {
    await stop();
    await service?.stop();
  });

  /** What a page shows, without its tags and scripts. */
  const page = async (path: string, cookie = '') => {
    const response = await fetch(url + path, { headers: { cookie } });
    const html = await response.text();
    return {
      status: response.status,
      paragraphs: [...html.matchAll(/<p>(.*?)<\/p>/g)].map(([, text]) => text),
    };
  };

  async function signedIn(): Promise<{ cookie: string; email: string }> {
    const { email } = await signUp(service);
    const response = await fetch(`${url}/sign-in`, {
      method: 'POST',
      body: JSON.stringify({ email, password: 'correct horse battery' }),
    });
    const cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    return { cookie, email };
  }

  test('the session of a browser is unknown while a page is prerendered', async () => {
    expect(await page('/who')).toEqual({ status: 200, paragraphs: ['Wait …'] });
  });

  test('a page without a session shows that no person is signed in', async () => {
    expect((await page('/account')).paragraphs).toEqual(['Nobody is signed in.']);
  });

  test('parts of two persons that render at the same time call each for their own person', async () => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    const pages = await Promise.all([ada, eve, ada, eve].map(({ cookie }) => page('/account', cookie)));
    expect(pages.map(({ paragraphs }) => paragraphs[0])).toEqual(
      [ada, eve, ada, eve].map(({ email }) => `You are ${email}.`),
    );
    expect(pages.map(({ paragraphs }) => paragraphs[1])).toEqual(Array(4).fill('Keys: 0.'));
  });

  test('renders, which cannot write a cookie, refresh the session once and share it', async () => {
    const { cookie, email } = await signedIn();
    for (const minutes of [11, 22, 33]) {
      ahead = minutes * 60_000;
      const pages = await Promise.all(Array.from({ length: 4 }, () => page('/account', cookie)));
      expect(pages.map(({ paragraphs }) => paragraphs[0])).toEqual(Array(4).fill(`You are ${email}.`));
    }
    ahead = 0;
  });

  const get = (sent: string, signed = sent) => {
    const draft = sign(key, signed, { authority: ORDERS });
    return send(port, { ...draft, target: sent });
  };

  for (const target of ['/items', '/items/a%20b', '/items?q=a%20b', '/items?q=a+b', "/items?q=it's%20(a)"]) {
    test(`B7: the guard verifies the target with the base path that Next hides: ${target}`, async () => {
      const { status, json } = await get(BASE_PATH + target);
      expect([status, json.by]).toEqual([200, key.id]);
    });
  }

  for (const signed of ['/items?q=a', '/shop/shop/items?q=a', '/Shop/items?q=a', '/shop/items?q=b']) {
    test(`B7: the guard refuses what was signed as ${signed}`, async () => {
      const { status, reason } = await get(`${BASE_PATH}/items?q=a`, signed);
      expect([status, reason]).toEqual([401, 'SIGNATURE_INVALID']);
    });
  }
});

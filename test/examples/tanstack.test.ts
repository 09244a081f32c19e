import { execFile } from 'node:child_process';
import { cp, readFile, symlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { closeContexts, launch } from '../harness/browser.ts';
import { freshFolder } from '../harness/fresh.ts';
import { lend, packClient, unpack } from '../harness/packed.ts';
import { freePort } from '../harness/process.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';

const run = promisify(execFile);
const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'tanstack');

/** The Vite that vitest brings. */
const vitest = createRequire(import.meta.resolve('vitest'));
const vite = dirname(vitest.resolve('vite/package.json'));

const LENT = [
  ...[
    '@tanstack/react-query',
    '@trpc/client',
    '@trpc/server',
    '@trpc/tanstack-react-query',
    'eventsource-parser',
  ],
  ...['react', 'react-dom', '@types/node', '@types/react', '@types/react-dom', 'csstype', 'undici-types'],
];

requires('browser').describe('examples/tanstack', () => {
  const { test } = requires('browser');
  let folder: string;
  let service: TestService;
  let browser: Browser;
  let page: Page;
  let files: Server;
  let origin: string;

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    service = await startTestService({ env: { KEYSEAL_CORS_ORIGINS: origin } });
    folder = await freshFolder();
    await cp(EXAMPLE, folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
    await unpack(await packClient(), folder, '@keyseal/client');
    await lend(folder, LENT);
    await symlink(vite, join(folder, 'node_modules', 'vite'));
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, VITE_KEYSEAL_URL: service.url };
    await run(process.execPath, [join(vite, 'bin', 'vite.js'), 'build'], { cwd: folder, env });
    files = await serve(join(folder, 'dist'), port);
    browser = await launch();
    page = await (await browser.newContext()).newPage();
    await page.goto(origin);
  }, 120_000);
  afterAll(async () => {
    if (browser) await closeContexts(browser);
    files?.closeAllConnections();
    files?.close();
    await service?.stop();
  });

  const alert = (text: string, on = page) => on.getByRole('alert').getByText(text).waitFor();

  async function enter(how: string, email: string): Promise<void> {
    await page.getByPlaceholder('E-mail').fill(email);
    await page.getByPlaceholder('Password').fill('correct horse battery');
    await page.getByRole('button', { name: how }).click();
  }

  test('is a single file of a hundred lines that compiles', async () => {
    const lines = (await readFile(join(EXAMPLE, 'src', 'main.tsx'), 'utf8')).split('\n');
    expect(lines.length - 1).toBeLessThan(101);
    const tsc = join(EXAMPLE, '..', '..', 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', folder]);
    expect(stdout).toBe('');
  });

  test('signs a person in, lists keys, creates one and explains refusals', async () => {
    await enter('Sign in', 'nobody@example.com');
    await alert('There is nobody of this address and password.');
    await enter('Sign up', 'somebody@example.com');
    await page.getByRole('button', { name: 'Create' }).click();
    await alert('Something is missing, or has a form that is not taken.');
    await page.getByPlaceholder('Name of a key').fill('From the page');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('listitem').getByText('From the page').waitFor();
    await page.getByText(/^Shown once: ks_test_/).waitFor();
  });

  test('keeps its session after a reload and in another tab, until sign-out', async () => {
    const other = await page.context().newPage();
    await other.goto(origin);
    await page.reload();
    for (const tab of [page, other]) await tab.getByRole('listitem').getByText('From the page').waitFor();
    await other.getByRole('button', { name: 'Sign out' }).click();
    for (const tab of [page, other]) await tab.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.getByRole('listitem').count()).toBe(0);
  });
});

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' };

/** The page as it was built. */
function serve(folder: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    readFile(join(folder, path)).then(
      (bytes) => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? '' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => server.listen(port, 'localhost', () => resolve(server)));
}

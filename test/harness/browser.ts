import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const root = join(import.meta.dirname, '..', '..');

/** A page in a real Chromium, served from a port of its own: another origin than the service's. */
export interface BrowserPage {
  readonly page: Page;
  readonly origin: string;
  /** Errors of the page. */
  readonly consoleErrors: string[];
  close(): Promise<void>;
}

/** What the built client imports from elsewhere, each as the file that Node would take. */
const PACKAGES = [
  '@trpc/client',
  '@trpc/server',
  '@trpc/server/observable',
  '@trpc/server/rpc',
  '@trpc/server/unstable-core-do-not-import',
  'eventsource-parser',
];

/** @param port for the page; its origin is http://localhost:<port> */
export async function openPage(port: number): Promise<BrowserPage> {
  const server = await serveFiles(port, 'localhost');
  const browser = await launch();
  const page = await browser.newPage();
  const consoleErrors: string[] = [];
  page.on('pageerror', (error) => consoleErrors.push(String(error)));
  await page.goto(`http://localhost:${port}/`);
  const close = async () => {
    await closeContexts(browser);
    await server.close();
  };
  return { page, origin: `http://localhost:${port}`, consoleErrors, close };
}

/** The shell without windows, of the same version, takes less CPU time than all of Chromium. */
const BROWSERS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/google-chrome'];

let launched: Promise<Browser> | undefined;

/**
 * The Chromium of this process. Test files share it, since its start takes two seconds of CPU time; each has contexts of its own, and
 * closes them.
 */
export function launch(): Promise<Browser> {
  launched ??= start().catch((error: unknown) => {
    launched = undefined;
    throw error;
  });
  return launched;
}

async function start(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: BROWSERS.find(existsSync) ?? 'chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  // One that has crashed fails its own file only.
  browser.once('disconnected', () => {
    launched = undefined;
  });
  return browser;
}

/** Closes what a test file has opened. */
export async function closeContexts(browser: Browser): Promise<void> {
  for (const context of browser.contexts()) await context.close();
}

/** Answers requests of an origin's pages with the project's files; its `/api` passes to the server there. */
export async function lendFiles(context: BrowserContext, origin: string): Promise<void> {
  const ours = (url: URL) => url.origin === origin && !url.pathname.startsWith('/api/');
  await context.route(ours, (route) => route.fulfill(fileAt(new URL(route.request().url()).pathname)));
}

/** Serves the project's files as they are built, unbundled. */
export async function serveFiles(port: number, host: string): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { status, contentType, body } = fileAt(new URL(request.url ?? '/', 'http://x').pathname);
    response.writeHead(status, { 'content-type': contentType });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { close };
}

/** A script of the project, or at `/` a page whose import map says where packages are. */
function fileAt(pathname: string): { status: number; contentType: string; body: string } {
  const path = join(root, pathname);
  if (/\.m?js$/.test(path) && existsSync(path)) {
    return { status: 200, contentType: 'text/javascript', body: readFileSync(path, 'utf8') };
  }
  const imports = {
    ...Object.fromEntries(
      PACKAGES.map((name) => [name, fileURLToPath(import.meta.resolve(name)).slice(root.length)]),
    ),
    'keyseal/client': '/dist/client/index.js',
    'keyseal/client/session': '/dist/client/browser-session.js',
  };
  const body = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`;
  return { status: pathname === '/' ? 200 : 404, contentType: 'text/html', body };
}

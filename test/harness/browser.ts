import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const root = join(import.meta.dirname, '..', '..');

/** A page in a real Chromium, served from a port of its own: another origin than the service's. */
export interface BrowserPage {
  readonly page: Page;
  readonly origin: string;
  /** What the page complained of. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** What the built client imports from elsewhere, each as the file that Node would take. */
const PACKAGES = [
  '@trpc/client',
  '@trpc/server',
  '@trpc/server/observable',
  '@trpc/server/rpc',
  '@trpc/server/unstable-core-do-not-import',
  'eventsource',
  'eventsource-parser',
];

/** A real Chromium, which asks for nothing by itself. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync) ?? 'chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
}

/** @param port for the page; its origin is http://localhost:<port> */
export async function openPage(port: number): Promise<BrowserPage> {
  const server = await serveFiles(port);
  const browser = await launchBrowser();
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`http://localhost:${port}/`);
  const close = async () => {
    await browser.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { page, origin: `http://localhost:${port}`, complaints, close };
}

/** The project's files as they are built, unbundled: an import map says where packages are. */
async function serveFiles(port: number): Promise<Server> {
  const imports = Object.fromEntries(
    PACKAGES.map((name) => [name, fileURLToPath(import.meta.resolve(name)).slice(root.length)]),
  );
  const map = JSON.stringify({ imports: { ...imports, 'keyseal/client': '/dist/client/index.js' } });
  const html = `<!doctype html><script type="importmap">${map}</script>`;
  const server = createServer((request, response) => {
    const path = join(root, new URL(request.url ?? '/', 'http://x').pathname);
    const isScript = /\.m?js$/.test(path) && existsSync(path);
    response.writeHead(isScript || request.url === '/' ? 200 : 404, {
      'content-type': isScript ? 'text/javascript' : 'text/html',
    });
    response.end(isScript ? readFileSync(path) : html);
  });
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve));
  return server;
}

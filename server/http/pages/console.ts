import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { extname, join } from 'node:path';
import { isConsolePage } from '../../../shared/console-paths.ts';
import { escapeHtml } from '../../html/escape-html.ts';
import { PACKAGE_ROOT } from '../../lib/package-root.ts';
import type { ServerContext } from '../server-context.ts';
import { CompressedBody } from './compressed-body.ts';
import { LOGO_PATH } from './logo-page.ts';
import type { HttpPage } from './pages.ts';

/** The directory into which `npm run build` writes the console. */
const CONSOLE_FOLDER = join(PACKAGE_ROOT, 'dist', 'web');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

interface File {
  readonly bytes: Buffer;
  readonly body: CompressedBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** The files by their path, read once; null if the console was not built. */
let files: ReadonlyMap<string, File> | null | undefined;

/** Whether a path is a page of the console, or one of its files. */
export function isConsole(path: string): boolean {
  return isConsolePage(path) || consoleFiles()?.has(path) === true;
}

/** A page or a file of the console. Every path gets the same page, whose script routes by the path. */
export async function consolePage(
  serverContext: ServerContext | null,
  { url = '' }: IncomingMessage,
): Promise<HttpPage> {
  const path = url.split('?', 1)[0] as string;
  const found = consoleFiles();
  if (!found) return { status: 503, body: NOT_BUILT, headers: { 'content-type': 'text/plain' } };
  if (isConsolePage(path)) return page(found, serverContext);
  const { bytes, body, headers } = found.get(path) as File;
  // Font files are already compressed.
  return { status: 200, body: path.endsWith('.woff2') ? bytes : body, headers };
}

/** The console's page for a path that it does not have, which it shows to people instead of a JSON refusal. */
export async function missingPage(serverContext: ServerContext | null): Promise<HttpPage | null> {
  const found = consoleFiles();
  return found && { ...(await page(found, serverContext)), status: 404 };
}

const NOT_BUILT = 'The console is not built: npm run build.\n';

async function page(
  found: ReadonlyMap<string, File>,
  serverContext: ServerContext | null,
): Promise<HttpPage> {
  const nonce = randomBytes(16).toString('base64');
  const signUp = serverContext ? await serverContext.shared.signUp() : 'closed';
  const basePath = serverContext?.service.config.basePath ?? '';
  const html = (found.get('/index.html') as File).bytes.toString('utf8');
  const links = html.replace('%BASE%', basePath).replaceAll('="./', `="${basePath}/`);
  const issuers = serverContext?.service.stores.issuers.forSignIn ?? [];
  const named = JSON.stringify(issuers.map(({ name, signIn }) => ({ name, title: signIn.title })));
  const demo = (await serverContext?.shared.hasOnlyDemo()) ? 'on' : '';
  const filled = links.replace('%NONCE%', nonce).replace('%SIGN_UP%', signUp).replace('%DEMO%', demo);
  return {
    status: 200,
    body: withBrand(filled, serverContext).replace('%ISSUERS%', () => escapeHtml(named)),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // Every response has its own nonce.
      'cache-control': 'no-store',
      'content-security-policy': policyWith(nonce),
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      ...SHARED_HEADERS,
    },
  };
}

/** The page with the name, the colour and the logo that the operator configured. */
function withBrand(html: string, serverContext: ServerContext | null): string {
  const { name = 'Keyseal', color = null, logo = null } = serverContext?.service.config.branding ?? {};
  const branded = html
    .replaceAll('%BRAND_NAME%', () => escapeHtml(name))
    .replace('%BRAND_COLOR%', color ?? '')
    .replace('%BRAND_LOGO%', logo ? 'custom' : '');
  const path = LOGO_PATH.slice(1);
  return logo
    ? branded.replace('icon.svg" type="image/svg+xml"', `${path}"`).replace('icon.svg"', `${path}"`)
    : branded;
}

const SHARED_HEADERS = { 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };

/**
 * Only files of this origin run as scripts, and the page contacts no other host (CSP Level 3). Styles that the theme
 * writes at run time carry the nonce.
 */
const policyWith = (nonce: string): string =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');

function consoleFiles(): ReadonlyMap<string, File> | null {
  files ??= existsSync(join(CONSOLE_FOLDER, 'index.html')) ? readFiles() : null;
  return files;
}

function readFiles(): ReadonlyMap<string, File> {
  const names = readdirSync(CONSOLE_FOLDER, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const contents = new Map(
    names.map(({ parentPath, name }) => {
      const full = join(parentPath, name);
      return [full.slice(CONSOLE_FOLDER.length).replaceAll('\\', '/'), readFileSync(full)];
    }),
  );
  const paths = [...contents].filter(([path]) => !path.endsWith(BROTLI));
  return new Map(paths.map(([path, bytes]) => [path, fileOf(path, bytes, contents.get(path + BROTLI))]));
}

/** The suffix of the Brotli version of a file, which the build compresses at a higher quality than the service would. */
const BROTLI = '.br';

function fileOf(path: string, bytes: Buffer, br: Buffer | undefined): File {
  return {
    bytes,
    body: new CompressedBody(bytes, br && { br }),
    headers: {
      'content-type': CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
      // A file with a digest in its name never changes.
      'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      'cross-origin-resource-policy': 'same-origin',
      ...SHARED_HEADERS,
    },
  };
}

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isConsolePage } from '../../../shared/console-paths.ts';
import { escapeHtml } from '../../html/escape-html.ts';
import { pageBrandOf } from '../../html/page-brand.ts';
import type { ServerContext } from '../server-context.ts';
import { type ConsoleFile, consoleFiles, SHARED_HEADERS } from './console-files.ts';
import type { HttpPage } from './pages.ts';

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
  const { bytes, body, headers } = found.get(path) as ConsoleFile;
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
  found: ReadonlyMap<string, ConsoleFile>,
  serverContext: ServerContext | null,
): Promise<HttpPage> {
  const nonce = randomBytes(16).toString('base64');
  const signUp = serverContext ? await serverContext.shared.signUp() : 'closed';
  const basePath = serverContext?.service.config.basePath ?? '';
  const html = (found.get('/index.html') as ConsoleFile).bytes.toString('utf8');
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

/** The page with the name, the colour, the logo and the key prefix that the operator configured. */
function withBrand(html: string, serverContext: ServerContext | null): string {
  const config = serverContext?.service.config ?? null;
  const { name, logo, keyPrefix } = pageBrandOf(config);
  const branded = html
    .replaceAll('%BRAND_NAME%', () => escapeHtml(name))
    .replace('%KEY_PREFIX%', keyPrefix)
    .replace('%BRAND_COLOR%', config?.branding.color ?? '')
    .replace('%BRAND_LOGO%', logo === 'icon.svg' ? '' : 'custom');
  return logo === 'icon.svg'
    ? branded
    : branded.replace('icon.svg" type="image/svg+xml"', `${logo}"`).replace('icon.svg"', `${logo}"`);
}

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

import type { IncomingMessage } from 'node:http';
import { RESPONSE_KEYS_PATH } from '../../../shared/http-signature/response.ts';
import { API_PAGE, REFUSALS_PAGE } from '../../../shared/refusal-form.ts';
import { apiPage } from '../../html/api-page.ts';
import type { HtmlPage } from '../../html/html.ts';
import { languageOf } from '../../html/language.ts';
import { pageBrandOf } from '../../html/page-brand.ts';
import { refusalsPage } from '../../html/refusals-page.ts';
import { publishedDocument } from '../../openapi/published-document.ts';
import { metricsPage } from '../metrics-server.ts';
import type { ServerContext } from '../server-context.ts';
import { CompressedBody } from './compressed-body.ts';
import { iconPage } from './console-files.ts';
import { LOGO_PATH, logoPage } from './logo-page.ts';

export interface HttpPage {
  readonly status: number;
  /** A `CompressedBody` is sent in the coding that the client prefers. */
  readonly body: string | Buffer | CompressedBody;
  readonly headers?: Record<string, string>;
}

const NOT_YET: HttpPage = { status: 503, body: '{"status":"unavailable"}' };

export type PageHandler = (
  serverContext: ServerContext | null,
  request: IncomingMessage,
) => HttpPage | Promise<HttpPage>;

/** The pages outside `/api` and the console, by path. */
export const PAGES: Readonly<Record<string, PageHandler>> = {
  '/healthz': () => ({ status: 200, body: '{"status":"ok"}' }),
  '/readyz': async (serverContext) =>
    (await serverContext?.readiness.isReady()) ? { status: 200, body: '{"status":"ready"}' } : NOT_YET,
  '/metrics': (serverContext) => (serverContext ? metricsPage(serverContext.metrics) : NOT_YET),
  '/.well-known/jwks.json': (serverContext) =>
    serverContext
      ? {
          status: 200,
          body: JSON.stringify(serverContext.service.stores.tokenKeys.jwks()),
          headers: { 'cache-control': 'public, max-age=300' },
        }
      : NOT_YET,
  [RESPONSE_KEYS_PATH]: (serverContext) => (serverContext ? responseKeysPage(serverContext) : NOT_YET),
  '/openapi.json': (serverContext) => (serverContext ? documentPage(serverContext) : NOT_YET),
  [LOGO_PATH]: logoPage,
  '/favicon.ico': (serverContext) =>
    serverContext?.service.config.branding.logo ? logoPage(serverContext) : iconPage(),
  [API_PAGE]: (serverContext, { url = '', headers }) => {
    if (!serverContext) return NOT_YET;
    const { service } = serverContext;
    const language = languageOf(url, headers['accept-language']);
    const { document } = publishedDocument(service);
    const brand = pageBrandOf(service.config);
    return compressPage(apiPage({ document, api: service.api, brand }, language));
  },
  [REFUSALS_PAGE]: (serverContext, { url = '', headers }) => {
    const brand = pageBrandOf(serverContext?.service.config ?? null);
    return compressPage(refusalsPage(brand, languageOf(url, headers['accept-language'])));
  },
};

/** The keys that sign responses, which pages of any origin may read; an instance that may lack the newest key publishes none. */
function responseKeysPage({ service: { stores } }: ServerContext): HttpPage {
  if (stores.vault.lacksNewestKey) return NOT_YET;
  const headers = {
    'content-type': 'application/http-message-signatures-directory+json',
    'cache-control': 'public, max-age=300',
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  };
  return { status: 200, body: JSON.stringify(stores.responseKeys.directory()), headers };
}

/** The API's description, which pages of any origin may read. */
function documentPage({ service }: ServerContext): HttpPage {
  const published = publishedDocument(service);
  return {
    status: 200,
    body: compressedBodyOf(published, published.json),
    headers: {
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    },
  };
}

const compressPage = (page: HtmlPage): HttpPage => ({ ...page, body: compressedBodyOf(page, page.body) });

const COMPRESSED = new WeakMap<object, CompressedBody>();

/** The compressed body of a page that is made once. */
function compressedBodyOf(made: object, text: string): CompressedBody {
  const known = COMPRESSED.get(made) ?? new CompressedBody(text);
  COMPRESSED.set(made, known);
  return known;
}

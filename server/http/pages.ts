import type { IncomingMessage } from 'node:http';
import { API_PAGE, REFUSALS_PAGE } from '../../shared/refusal-form.ts';
import { apiPage } from '../html/api-page.ts';
import { languageOf } from '../html/language.ts';
import { refusalsPage } from '../html/refusals-page.ts';
import { publishedDocument } from '../openapi/published-document.ts';
import { etagMatches } from './etag.ts';
import { metricsPage } from './metrics-server.ts';
import type { ServerContext } from './server-context.ts';

export interface HttpPage {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: Record<string, string>;
}

const NOT_YET: HttpPage = { status: 503, body: '{"status":"unavailable"}' };

export type PageHandler = (
  serving: ServerContext | null,
  request: IncomingMessage,
) => HttpPage | Promise<HttpPage>;

/** The pages beside `/api` and the console, by path. */
export const PAGES: Readonly<Record<string, PageHandler>> = {
  '/healthz': () => ({ status: 200, body: '{"status":"ok"}' }),
  '/readyz': async (serving) =>
    (await serving?.readiness.isReady()) ? { status: 200, body: '{"status":"ready"}' } : NOT_YET,
  '/metrics': (serving) => (serving ? metricsPage(serving.metrics, serving.shared.metrics) : NOT_YET),
  '/.well-known/jwks.json': (serving) =>
    serving
      ? {
          status: 200,
          body: JSON.stringify(serving.service.stores.tokenKeys.jwks()),
          headers: { 'cache-control': 'public, max-age=300' },
        }
      : NOT_YET,
  '/openapi.json': (serving, request) => (serving ? documentPage(serving, request) : NOT_YET),
  [API_PAGE]: (serving, { url = '', headers }) => {
    if (!serving) return NOT_YET;
    const { service } = serving;
    const language = languageOf(url, headers['accept-language']);
    return apiPage(publishedDocument(service).document, service.api, language);
  },
  [REFUSALS_PAGE]: (_, { url = '', headers }) => refusalsPage(languageOf(url, headers['accept-language'])),
};

/** The API's description, which pages of any origin may read. */
function documentPage({ service }: ServerContext, { headers }: IncomingMessage): HttpPage {
  const { json, etag } = publishedDocument(service);
  const shared = {
    etag,
    'cache-control': 'public, max-age=300',
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  };
  return etagMatches(etag, headers['if-none-match'])
    ? { status: 304, body: '', headers: shared }
    : { status: 200, body: json, headers: shared };
}

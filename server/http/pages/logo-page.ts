import type { ServerContext } from '../server-context.ts';

/** The path of the operator's logo. */
export const LOGO_PATH = '/brand-logo';

/** The logo that `KEYSEAL_BRAND_LOGO` names. An SVG that is opened directly runs no script and loads nothing. */
export function logoPage(serverContext: ServerContext | null) {
  const logo = serverContext?.service.config.branding.logo;
  if (!logo) return { status: 404, body: '{"status":"no logo"}' };
  return {
    status: 200,
    body: logo.bytes,
    headers: {
      'content-type': logo.type,
      'cache-control': 'public, max-age=300',
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; sandbox`,
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  };
}

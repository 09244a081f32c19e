import { parseUrl } from '../../../shared/parse-url.ts';
import { inputRefusal } from '../../lib/refusal.ts';
import type { Context } from '../../rpc/trpc.ts';
import { callbackUrl } from './registered-urls.ts';

/** A path on this origin: `//host` and `/\host` lead elsewhere (URL standard, special schemes). */
const OWN_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

/**
 * The redirect URI of a sign-in. A path belongs to the console, which finishes the sign-in on a separate page; a URL is the
 * page of a frontend that finishes it itself.
 * @param returnTo where the person wants to go
 * @throws Refusal INPUT_INVALID if it is on no origin of this service or of `KEYSEAL_CORS_ORIGINS`
 */
export function redirectUriFor({ request, service }: Context, issuer: string, returnTo: string): string {
  if (OWN_PATH.test(returnTo)) {
    return callbackUrl(publicOriginOf({ request, service }), issuer);
  }
  return knownPage(service, returnTo);
}

/**
 * The page to which a provider sends the browser after it ended its session.
 * @param returnTo a path of the console, or the page of a frontend
 * @throws Refusal INPUT_INVALID as `redirectUriFor`
 */
export function signedOutPage({ request, service }: Context, returnTo: string): string {
  if (OWN_PATH.test(returnTo)) return `${publicOriginOf({ request, service })}${returnTo}`;
  return knownPage(service, returnTo);
}

/** The public origin of the calling page, with the base path; the first one for a page of another origin. */
function publicOriginOf({ request, service }: Pick<Context, 'request' | 'service'>): string {
  const { origins } = service;
  return origins.find((origin) => new URL(origin).origin === request.origin) ?? origins[0] ?? '';
}

function knownPage(service: Context['service'], returnTo: string): string {
  const url = parseUrl(returnTo);
  const known = [...service.config.corsOrigins, ...service.origins.map((origin) => new URL(origin).origin)];
  const bare = url && [url.username, url.password, url.search, url.hash].every((part) => part === '');
  if (url && bare && known.includes(url.origin) && !/[?#]/.test(returnTo)) return url.href;
  const message =
    'must be a path of this service, or a URL without query and fragment whose origin is in KEYSEAL_CORS_ORIGINS';
  throw inputRefusal('returnTo', message);
}

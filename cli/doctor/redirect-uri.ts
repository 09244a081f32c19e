import { buildAuthorizationUrl, buildAuthorizationUrlWithJAR, type Configuration } from 'openid-client';
import { signingKeyOf } from '../../server/lib/client-key.ts';
import type { IssuerConfig, SignInConfig } from '../../server/lib/issuer-config.ts';
import { fetchBounded } from '../../server/stores/issuers/fetch-document.ts';
import { type DoctorCheck, failedCheck } from './check.ts';

/** A response type that no provider supports: no page asks anyone to sign in, and nothing counts as an attempt. */
const NO_RESPONSE_TYPE = 'keyseal-doctor';

/** How providers say that a redirect URI is not registered: Keycloak, Okta, Auth0, Entra ID, and others by the standard. */
const NOT_REGISTERED =
  /invalid_redirect_uri|redirect_uri_mismatch|callback url mismatch|AADSTS50011|invalid parameter: redirect_uri|redirect[ _-]?uri\b[^<>"=]{0,80}\b(?:not|must|mismatch|invalid)\b/i;

/**
 * Checks that the provider knows the redirect URI, with an authorization request that it must refuse: it sends the error to a
 * registered redirect URI, and otherwise shows it on its own page (RFC 6749 §4.1.2.1).
 * @returns an empty list if the response does not tell
 */
export async function checkRedirectUri(
  { name, signIn }: IssuerConfig,
  configuration: Configuration,
  redirectUri: string,
): Promise<DoctorCheck[]> {
  // The request would be pushed (RFC 9126), and the provider may store it.
  if (!signIn || configuration.serverMetadata()['require_pushed_authorization_requests'] === true) return [];
  const request = await requestOf(signIn, configuration, redirectUri);
  const answer = await fetchBounded(request.href, {}, 'manual').catch(() => null);
  const location = answer?.headers.get('location') ?? '';
  if (location.startsWith(`${redirectUri}?`) || location.startsWith(`${redirectUri}#`))
    return [{ name: 'issuers', state: 'right', found: `${name} knows the redirect URI` }];
  // Both may repeat the request, and the redirect URI itself must not match the pattern.
  const said = `${decoded(location)}\n${await answer?.text()}`.replaceAll(redirectUri, '');
  if (!NOT_REGISTERED.test(said)) return [];
  const found = `${name} does not know the redirect URI ${redirectUri}: nobody can sign in to the console`;
  const fix =
    'Register exactly this URI at the provider for the client. If it is not the URL of your service, set KEYSEAL_PUBLIC_ORIGINS.';
  return [failedCheck('issuers', found, fix)];
}

function requestOf({ clientKey, scopes }: SignInConfig, configuration: Configuration, redirectUri: string) {
  const parameters = {
    redirect_uri: redirectUri,
    response_type: NO_RESPONSE_TYPE,
    scope: scopes.join(' '),
    state: NO_RESPONSE_TYPE,
  };
  if (clientKey === null) return buildAuthorizationUrl(configuration, parameters);
  return signingKeyOf(clientKey).then((key) => buildAuthorizationUrlWithJAR(configuration, parameters, key));
}

/** A URL without percent-encoding, even if it is wrongly encoded. */
function decoded(url: string): string {
  try {
    return decodeURIComponent(url.replaceAll('+', ' '));
  } catch {
    return url;
  }
}

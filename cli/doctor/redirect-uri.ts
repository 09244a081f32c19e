import { buildAuthorizationUrl, buildAuthorizationUrlWithJAR, type Configuration } from 'openid-client';
import { signingKeyOf } from '../../server/lib/client-key.ts';
import type { IssuerConfig, SignInConfig } from '../../server/lib/issuer-config.ts';
import { fetchBounded } from '../../server/stores/issuers/fetch-document.ts';
import { type DoctorCheck, failedCheck } from './check.ts';

/** No provider has it: no page asks anyone to sign in, and nothing counts as an attempt. */
const NO_RESPONSE_TYPE = 'keyseal-doctor';

/** How providers say that a redirect URI is not registered: Keycloak, Okta, Auth0, Entra ID, and others by the standard. */
const NOT_REGISTERED =
  /invalid_redirect_uri|redirect_uri_mismatch|callback url mismatch|AADSTS50011|invalid parameter: redirect_uri|redirect[ _-]?uri\b[^<>"=]{0,80}\b(?:not|must|mismatch|invalid)\b/i;

/**
 * Checks that the provider knows the redirect URI, by a request for authorization that it must refuse: it reports the error at a
 * redirect URI that is registered, and on a page of its own otherwise (RFC 6749 §4.1.2.1).
 * @returns nothing if its answer does not say
 */
export async function checkRedirectUri(
  { name, signIn }: IssuerConfig,
  configuration: Configuration,
  redirectUri: string,
): Promise<DoctorCheck[]> {
  // It would be pushed, and the provider may keep it.
  if (!signIn || configuration.serverMetadata()['require_pushed_authorization_requests'] === true) return [];
  const request = await requestOf(signIn, configuration, redirectUri);
  const answer = await fetchBounded(request.href, {}, 'manual').catch(() => null);
  const location = answer?.headers.get('location') ?? '';
  if (location.startsWith(`${redirectUri}?`) || location.startsWith(`${redirectUri}#`))
    return [{ name: 'issuers', state: 'right', found: `${name} knows the redirect URI` }];
  // Either may repeat the request, and what stands beside it says nothing about it.
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

/** The text of a URL, also of one that is wrongly encoded. */
function decoded(url: string): string {
  try {
    return decodeURIComponent(url.replaceAll('+', ' '));
  } catch {
    return url;
  }
}

import { hash, timingSafeEqual } from 'node:crypto';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildAuthorizationUrlWithJAR,
  buildAuthorizationUrlWithPAR,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
} from 'openid-client';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { parseUrl } from '../../../shared/parse-url.ts';
import { signingKeyOf } from '../../lib/client-key.ts';
import { seconds } from '../../lib/clock.ts';
import { FairQueue } from '../../lib/concurrency/fair-queue.ts';
import { inTurn } from '../../lib/concurrency/in-turn.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { SignInIssuer } from '../../stores/issuers/trusted-issuers.ts';
import type { Flow } from './flow.ts';
import { type IdTokenClaims, verifyIdToken } from './id-token.ts';
import { isRefusedAnswer, sentenceOfFault } from './provider-fault.ts';

/**
 * Requests to one provider. A slow provider delays only its own sign-ins, and IP addresses take turns. One network has at most
 * half of the places, so that others need not wait until a provider has responded to all of its requests.
 */
const REQUESTS = { concurrency: 8, ofOneGroup: 4, capacity: 256, rate: { perSecond: 20, burst: 100 } };
const queues = new WeakMap<SignInIssuer, FairQueue>();

/**
 * Even a person who is signed in at the provider proves who they are, and the ID token says when (OpenID Connect Core
 * §3.1.2.1).
 */
const ASK_AGAIN = { prompt: 'login', max_age: '0' };

/**
 * The page of the provider to which a flow sends the browser.
 * @param payer who pays for the request to a provider that requires pushed authorization requests (RFC 9126)
 * @throws Refusal UNAVAILABLE if the provider cannot be reached
 */
export async function authorizationUrl(
  issuer: SignInIssuer,
  flow: Flow,
  payer: FairnessPath,
): Promise<string> {
  const configuration = await configurationOf(issuer);
  const parameters = {
    redirect_uri: flow.redirectUri,
    scope: issuer.signIn.scopes.join(' '),
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: await calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: 'S256',
    ...(flow.fresh ? ASK_AGAIN : {}),
  };
  const request = await requestOf(issuer, configuration, parameters);
  if (configuration.serverMetadata()['require_pushed_authorization_requests'] !== true) return request.href;
  const push = () => buildAuthorizationUrlWithPAR(configuration, request.searchParams);
  const url = await askProvider(issuer, payer, push, isNeverRefused);
  return url.href;
}

/** Keyseal made the whole request, and the person has done nothing yet. */
const isNeverRefused = () => false;

/** The request to the provider, signed (RFC 9101) if the client has a key. */
async function requestOf(
  { signIn: { clientKey } }: SignInIssuer,
  configuration: Configuration,
  parameters: Readonly<Record<string, string>>,
): Promise<URL> {
  if (clientKey === null) return buildAuthorizationUrl(configuration, parameters);
  return buildAuthorizationUrlWithJAR(configuration, parameters, await signingKeyOf(clientKey));
}

/** A flow that the provider has sent back. */
interface FlowCallback {
  readonly flow: Flow;
  /** The URL at which the provider's response arrived in the browser. */
  readonly callback: string;
}

/** RFC 6749, appendix A.12. */
const ACCESS_TOKEN = /^[\x20-\x7e]+$/;

interface Identified {
  readonly idToken: string;
  readonly claims: IdTokenClaims;
}

/**
 * Exchanges the code of a callback for the claims of the person.
 * @throws Refusal SIGN_IN_INVALID, or UNAVAILABLE if the provider cannot be reached
 */
export async function identify(
  issuer: SignInIssuer,
  { flow, callback }: FlowCallback,
  payer: FairnessPath,
  clock: () => number,
): Promise<Identified> {
  const url = readCallback(flow, callback);
  const configuration = await configurationOf(issuer);
  return askProvider(issuer, payer, async () => {
    const tokens = await authorizationCodeGrant(configuration, url, {
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      pkceCodeVerifier: flow.verifier,
      idTokenExpected: true,
    });
    const { id_token: idToken = '', access_token: accessToken } = tokens;
    // Any other string cannot be sent in a header, and the error would quote it.
    if (!ACCESS_TOKEN.test(accessToken))
      throw new Refusal(
        'SIGN_IN_INVALID',
        {},
        `the access token of ${issuer.name} has characters that a header cannot carry`,
      );
    const claims = await verifyIdToken(idToken, { issuer, flow, accessToken, now: seconds(clock) });
    return { idToken, claims: await withUserInfo(issuer, configuration, accessToken, claims) };
  });
}

/**
 * Parameters that only responses of other flows have (OAuth 2.0 Multiple Response Type Encoding Practices): none of these flows
 * was requested.
 */
const OTHER_FLOWS = ['id_token', 'access_token', 'response'];

/** Checks, before anything is sent, that a response belongs to a flow: it came to its page, with its state. */
function readCallback({ redirectUri, state }: Flow, callback: string): URL {
  const url = parseUrl(callback);
  const [given = '', ...more] = url?.searchParams.getAll('state') ?? [];
  const isHere = url !== null && url.origin + url.pathname === redirectUri;
  if (
    !isHere ||
    more.length > 0 ||
    !isSame(given, state) ||
    OTHER_FLOWS.some((name) => url.searchParams.has(name))
  )
    throw new Refusal('SIGN_IN_INVALID', {}, 'the response belongs to another sign-in');
  url.hash = '';
  return url;
}

function isSame(a: string, b: string): boolean {
  const [mine, theirs] = [a, b].map((text) => hash('sha256', text, 'buffer')) as [Buffer, Buffer];
  return timingSafeEqual(mine, theirs);
}

/** Claims that only the ID token may make: how and when the person signed in, and for which client. */
const ID_TOKEN_CLAIMS = [
  ...['iss', 'sub', 'aud', 'azp', 'exp', 'iat', 'nbf', 'jti', 'nonce'],
  ...['auth_time', 'amr', 'acr', 'sid'],
];
/** Read together from one document: only the document with the email address can say whether it is verified. */
const ADDRESS_CLAIMS = ['email', 'email_verified'];

/**
 * Some providers put claims only into the response of the UserInfo endpoint (OpenID Connect Core §5.4). Only the name, the
 * email address and the claims that rules read are taken from it.
 */
async function withUserInfo(
  issuer: SignInIssuer,
  configuration: Configuration,
  accessToken: string,
  claims: IdTokenClaims,
): Promise<IdTokenClaims> {
  const wanted = ['email', ...issuer.join.flatMap(({ claim }) => claim ?? [])];
  const isComplete = wanted.every((name) => Object.hasOwn(claims, name));
  if (isComplete || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
  const info = await fetchUserInfo(configuration, accessToken, claims.sub);
  const others = ['name', ...wanted].filter((name) => !ADDRESS_CLAIMS.includes(name));
  const missing = others.filter((name) => !ID_TOKEN_CLAIMS.includes(name) && !Object.hasOwn(claims, name));
  const names = [...missing, ...(Object.hasOwn(claims, 'email') ? [] : ADDRESS_CLAIMS)];
  return { ...claims, ...Object.fromEntries(names.map((name) => [name, info[name]])) };
}

async function configurationOf({ name, provider }: SignInIssuer): Promise<Configuration> {
  try {
    return await provider.configuration();
  } catch (error) {
    throw new Refusal('UNAVAILABLE', { retryAfter: 5 }, `${name}: ${(error as Error).message}`);
  }
}

async function askProvider<T>(
  issuer: SignInIssuer,
  payer: FairnessPath,
  work: () => Promise<T>,
  isRefused = isRefusedAnswer,
): Promise<T> {
  const queue = queues.get(issuer) ?? new FairQueue(REQUESTS);
  queues.set(issuer, queue);
  try {
    return await inTurn(queue, payer, work);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const cause = `${issuer.name}: ${sentenceOfFault(error)}`;
    throw isRefused(error)
      ? new Refusal('SIGN_IN_INVALID', {}, cause)
      : new Refusal('UNAVAILABLE', { retryAfter: 5 }, cause);
  }
}

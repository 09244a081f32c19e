import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration, type JWK } from 'oidc-provider';
import { CookieBrowser } from './cookie-browser.ts';

/** A real OpenID provider on loopback: people sign in with any name, and get tokens for the API `keyseal`. */
export interface OidcIssuer {
  readonly issuer: string;
  /** Signs a person in by the authorization code flow with PKCE, as a browser would. */
  signIn(person: string): Promise<{ readonly accessToken: string; readonly idToken: string }>;
  /** Signs a person in at the page to which a service sent the browser. @returns where the provider sends it back */
  visit(url: string, person: string): Promise<string>;
  /** A browser that stays signed in at the provider. */
  browse(): ProviderBrowser;
  /** From now on the provider sends logout tokens there. @param sid whether they, and ID tokens, name the session */
  notifyAt(uri: string, sid: boolean): void;
  /** From now on the provider sends browsers there after it ended a session. */
  returnTo(uri: string): void;
  /** Signs with a new key from now on; the old ones stay published, or are withdrawn. */
  rotate(alg: Algorithm, old: 'kept' | 'withdrawn'): void;
  stop(): Promise<void>;
}

/** A browser at the provider, with a session there. */
interface ProviderBrowser {
  /** Signs a person in by the authorization code flow with PKCE. */
  signIn(person: string): Promise<{ readonly accessToken: string; readonly idToken: string }>;
  /** Signs a person in at the page to which a service sent the browser. @returns where the provider sends it back */
  visit(url: string, person: string): Promise<string>;
  /**
   * Signs out at the provider, which has then told its clients.
   * @param at its page; the one that a person opens unless given
   * @returns where the browser is then
   */
  signOut(at?: string): Promise<string>;
}

export const CLIENT_ID = 'console';
/** The resource (RFC 8707) for which access tokens are issued; their `aud`. */
export const AUDIENCE = 'urn:keyseal:api';
const REDIRECT = 'http://127.0.0.1:1/back';
/** The client of a Keyseal with which people sign in, and its secret. */
export const SIGN_IN_CLIENT = { clientId: 'keyseal', clientSecret: 'a secret of the test alone' };
/** The provider ignores the ports of loopback (RFC 8252 §7.3). */
const SIGN_IN_REDIRECTS = ['localhost', '127.0.0.1'].flatMap((host) =>
  ['/sign-in/callback/company', '/keyseal/sign-in/callback/company', '/signed-in'].map(
    (path) => `http://${host}${path}`,
  ),
);

interface IssuerOptions {
  /** The claims of each person besides `sub`, by scope: `email`, `profile`, `groups`. Tests may change them. */
  readonly people?: Record<string, Record<string, unknown>>;
  /** Whether ID tokens have them; only the UserInfo endpoint does by default (OpenID Connect Core §5.4). */
  readonly claimsInIdToken?: boolean;
  /** Whether requests must be pushed (RFC 9126). */
  readonly pushed?: boolean;
  /** The public key with which the client of sign-ins signs its requests (RFC 9101) and authenticates (RFC 7523). */
  readonly clientKey?: JWK;
  /** Whether each client gets subjects of its own (OpenID Connect Core §8.1). */
  readonly pairwise?: boolean;
  /** Seconds for which a code is valid. */
  readonly codeSeconds?: number;
}

type Algorithm = 'RS256' | 'ES256';

function privateJwk(alg: Algorithm, kid: string): JWK {
  const pair =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...pair.privateKey.export({ format: 'jwk' }), alg, kid, use: 'sig' } as JWK;
}

/** Starts the provider. @param groups of each person, in the claim `groups` of their access tokens */
export async function startOidcIssuer(
  alg: Algorithm,
  groups: Readonly<Record<string, readonly string[]>> = {},
  {
    people = {},
    claimsInIdToken = false,
    pushed = false,
    pairwise = false,
    clientKey,
    codeSeconds = 60,
  }: IssuerOptions = {},
): Promise<OidcIssuer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = [privateJwk(alg, 'one')];
  let signedBy = alg;
  let returnsTo: readonly string[] = [];
  let logoutAt: { readonly uri: string; readonly sid: boolean } | null = null;
  const configure = (): Configuration => ({
    clients: [
      {
        client_id: CLIENT_ID,
        redirect_uris: [REDIRECT],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        id_token_signed_response_alg: signedBy,
        ...logoutOf(logoutAt),
      },
      {
        client_id: SIGN_IN_CLIENT.clientId,
        ...(clientKey ? byKey(clientKey) : { client_secret: SIGN_IN_CLIENT.clientSecret }),
        // Subjects of its own belong to one host.
        redirect_uris: SIGN_IN_REDIRECTS.filter((uri) => !pairwise || uri.startsWith('http://localhost')),
        application_type: 'native',
        id_token_signed_response_alg: signedBy,
        subject_type: pairwise ? 'pairwise' : 'public',
        post_logout_redirect_uris: [...returnsTo],
        ...logoutOf(logoutAt),
      },
    ],
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_, accountId, { clientId }) =>
      createHash('sha256').update(`${clientId} ${accountId}`).digest('base64url'),
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name'],
      groups: ['groups'],
    },
    scopes: ['openid', 'email', 'profile', 'groups', 'call'],
    conformIdTokenClaims: !claimsInIdToken,
    jwks: { keys: [...keys] },
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ ...people[accountId], sub: accountId }),
    }),
    // By default it sends nothing to addresses such as loopback.
    fetch: (url, init = {}) => {
      const { dispatcher: _, ...rest } = init as RequestInit & { dispatcher?: unknown };
      return fetch(url, rest);
    },
    ttl: {
      AuthorizationCode: codeSeconds,
      AccessToken: 300,
      IdToken: 300,
      Grant: 300,
      Interaction: 300,
      Session: 300,
    },
    features: {
      backchannelLogout: { enabled: true },
      requestObjects: { enabled: true, requireSignedRequestObject: clientKey !== undefined },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: pushed },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'call',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: signedBy } },
        }),
      },
    },
    extraTokenClaims: (_, token) => ({
      groups: groups[String((token as { accountId?: string }).accountId)] ?? [],
    }),
  });
  const apply = () => {
    const provider = new Provider(issuer, configure());
    provider.on('server_error', (_, error) => console.error(error));
    provider.on('backchannel.error', (_, error) => console.error(error));
    server.removeAllListeners('request').on('request', provider.callback());
  };
  apply();
  return {
    issuer,
    signIn: (person) => signIn(new CookieBrowser(issuer), issuer, person),
    visit: (url, person) => passThrough(new CookieBrowser(issuer), url, person),
    browse: () => {
      const browser = new CookieBrowser(issuer);
      return {
        signIn: (person) => signIn(browser, issuer, person),
        visit: (url, person) => passThrough(browser, url, person),
        signOut: (at) => signOut(browser, at),
      };
    },
    notifyAt: (uri, sid) => {
      logoutAt = { uri, sid };
      apply();
    },
    returnTo: (uri) => {
      returnsTo = [uri];
      apply();
    },
    rotate: (next, old) => {
      if (old === 'withdrawn') keys.length = 0;
      keys.unshift(privateJwk(next, randomBytes(8).toString('hex')));
      signedBy = next;
      apply();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const byKey = (key: JWK) => ({
  token_endpoint_auth_method: 'private_key_jwt' as const,
  jwks: { keys: [key] },
});

const logoutOf = (at: { readonly uri: string; readonly sid: boolean } | null) =>
  at === null ? {} : { backchannel_logout_uri: at.uri, backchannel_logout_session_required: at.sid };

/** Answers yes to the provider's question (OpenID Connect RP-Initiated Logout 1.0 §2). */
async function signOut(browser: CookieBrowser, at = '/session/end'): Promise<string> {
  const page = await browser.read(at);
  const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(page) ?? [];
  if (xsrf === undefined) throw new Error('the provider does not ask whether to sign out');
  return browser.follow('/session/end/confirm', { xsrf, logout: 'yes' });
}

async function signIn(browser: CookieBrowser, issuer: string, person: string) {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid call',
    resource: AUDIENCE,
    state: 'state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const back = await passThrough(browser, `/auth?${query}`, person);
  const code = new URL(back).searchParams.get('code') ?? '';
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT,
      code,
      code_verifier: verifier,
      resource: AUDIENCE,
    }),
  });
  const { access_token: accessToken, id_token: idToken } = (await answer.json()) as Record<string, string>;
  if (!accessToken || !idToken) throw new Error(`the provider answered ${answer.status} without tokens`);
  return { accessToken, idToken };
}

/**
 * Answers what the provider asks: who signs in, unless the browser is signed in already, and their consent.
 * @returns the address outside of the provider to which it sends the browser at the end
 */
async function passThrough(browser: CookieBrowser, url: string, person: string): Promise<string> {
  let at = await browser.follow(url);
  while (new URL(at).pathname.startsWith('/interaction/')) {
    const [, prompt = ''] = /name="prompt" value="(\w+)"/.exec(await browser.read(at)) ?? [];
    at = await browser.follow(at, {
      prompt,
      ...(prompt === 'login' ? { login: person, password: 'any' } : {}),
    });
  }
  return at;
}

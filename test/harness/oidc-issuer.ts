import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration, type JWK } from 'oidc-provider';

/** A real OpenID provider on loopback: people sign in with any name, and get tokens for the API `keyseal`. */
export interface OidcIssuer {
  readonly issuer: string;
  /** Signs a person in by the authorization code flow with PKCE, as a browser would. */
  signIn(person: string): Promise<{ readonly accessToken: string; readonly idToken: string }>;
  /** Signs a person in at the page to which a service sent the browser. @returns where the provider sends it back */
  visit(url: string, person: string): Promise<string>;
  stop(): Promise<void>;
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
  /** The claims of each person beside `sub`, by scope: `email`, `profile`, `groups`. Tests may change them. */
  readonly people?: Record<string, Record<string, unknown>>;
  /** Whether ID tokens have them; only the UserInfo endpoint does by default (OpenID Connect Core §5.4). */
  readonly claimsInIdToken?: boolean;
  /** Whether requests must be pushed (RFC 9126). */
  readonly pushed?: boolean;
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
  { people = {}, claimsInIdToken = false, pushed = false }: IssuerOptions = {},
): Promise<OidcIssuer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const configuration: Configuration = {
    clients: [
      {
        client_id: CLIENT_ID,
        redirect_uris: [REDIRECT],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        id_token_signed_response_alg: alg,
      },
      {
        client_id: SIGN_IN_CLIENT.clientId,
        client_secret: SIGN_IN_CLIENT.clientSecret,
        redirect_uris: SIGN_IN_REDIRECTS,
        application_type: 'native',
        id_token_signed_response_alg: alg,
      },
    ],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name'],
      groups: ['groups'],
    },
    scopes: ['openid', 'email', 'profile', 'groups', 'call'],
    conformIdTokenClaims: !claimsInIdToken,
    jwks: { keys: [privateJwk(alg, 'one')] },
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ ...people[accountId], sub: accountId }),
    }),
    ttl: { AccessToken: 300, IdToken: 300, Grant: 300, Interaction: 300, Session: 300 },
    features: {
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: pushed },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'call',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg } },
        }),
      },
    },
    extraTokenClaims: (_, token) => ({
      groups: groups[String((token as { accountId?: string }).accountId)] ?? [],
    }),
  };
  const provider = new Provider(issuer, configuration);
  provider.on('server_error', (_, error) => console.error(error));
  server.on('request', provider.callback());
  return {
    issuer,
    signIn: (person) => signIn(issuer, person),
    visit: (url, person) => passThrough(new Browser(issuer), url, person),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function signIn(issuer: string, person: string) {
  const verifier = randomBytes(32).toString('base64url');
  const browser = new Browser(issuer);
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

/** @returns the address outside of the provider to which it sends the browser at the end */
async function passThrough(browser: Browser, url: string, person: string): Promise<string> {
  const interaction = await browser.follow(url);
  const consent = await browser.follow(interaction, { prompt: 'login', login: person, password: 'any' });
  return browser.follow(consent, { prompt: 'consent' });
}

/** Follows redirects within the provider and keeps its cookies. */
class Browser {
  readonly #issuer: string;
  readonly #cookies = new Map<string, string>();

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  /** @returns the page of the provider, or the address outside of it, at which the redirects end */
  async follow(target: string, form?: Record<string, string>): Promise<string> {
    let url = new URL(target, this.#issuer);
    let response = await this.#fetch(url, form);
    for (
      let location = response.headers.get('location');
      location;
      location = response.headers.get('location')
    ) {
      url = new URL(location, url);
      if (url.origin !== this.#issuer) return url.href;
      response = await this.#fetch(url);
    }
    return url.href;
  }

  async #fetch(url: URL, form?: Record<string, string>): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    await response.arrayBuffer();
    return response;
  }
}

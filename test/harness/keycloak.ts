import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CookieBrowser } from './cookie-browser.ts';
import { freePort } from './lasting-port.ts';
import { KEYCLOAK } from './requires.ts';

/** A Keycloak with one realm, `company`, whose people are `ada` and `bob`; only ada is in the group `api-makers`. */
export interface Keycloak {
  readonly issuer: string;
  /** A browser that stays signed in. */
  browse(): KeycloakBrowser;
  /** Signs a person in in a browser of their own. @returns where Keycloak sends that browser back */
  visit(url: string, person: string): Promise<string>;
  /** A person's tokens: the access token is for the API. */
  tokens(person: string): Promise<Tokens>;
  /** Signs with a new key from now on; the old ones stay published. */
  rotate(alg: 'RS256' | 'ES256'): Promise<void>;
  /** Ends all sessions of a person, as an administrator does. */
  logOut(person: string): Promise<void>;
  stop(): Promise<void>;
}

interface Tokens {
  readonly accessToken: string;
  readonly idToken: string;
}

interface KeycloakBrowser {
  visit(url: string, person: string): Promise<string>;
  /** Opens a page of Keycloak. @returns the address, of Keycloak or not, at which it ends up */
  open(url: string): Promise<string>;
}

/** The resource for which access tokens are issued; their `aud`. */
export const API = 'https://api.example.com';
const SECRET = 'a secret of the test alone';
const PASSWORD = 'any';
const ADMIN = { username: 'admin', password: 'of the test alone' };

/** The entry of `KEYSEAL_ISSUERS`, as the page "Your identity provider" has it. */
export const keycloakEntry = (issuer: string, more: object = {}) => ({
  ...{ name: 'company', issuer, clientId: 'keyseal', clientSecret: SECRET, signIn: true, ...more },
});

/** Startup takes twenty seconds on an idle machine, and more on one that runs other tests. */
const START_MS = 240_000;

/**
 * Starts Keycloak. Its client is configured as the page "Your identity provider" says.
 * @param origin of the Keyseal that people sign in to
 */
export async function startKeycloak(origin: string): Promise<Keycloak> {
  const port = await freePort();
  const [folder = ''] = readdirSync(KEYCLOAK).filter((name) => name.startsWith('keycloak-'));
  const options = ['--http-enabled=true', '--http-host=127.0.0.1', `--http-port=${port}`];
  const server = spawn(
    join(KEYCLOAK, folder, 'bin', 'kc.sh'),
    ['start', '--optimized', ...options, '--hostname-strict=false', '--cache=local'],
    {
      // The script becomes a process of Java.
      detached: true,
      stdio: 'ignore',
      env: {
        ...process.env,
        KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.username,
        KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
      },
    },
  );
  const stop = async () => {
    if (server.pid === undefined || server.exitCode !== null) return;
    process.kill(-server.pid, 'SIGKILL');
    await once(server, 'exit');
  };
  const base = `http://127.0.0.1:${port}`;
  const issuer = `${base}/realms/company`;
  try {
    await until(() => server.exitCode === null, `${base}/realms/master`);
    const admin = administrator(base);
    await admin('POST', '', realmFor(origin));
    return { ...peopleAt(issuer), ...adminOf(admin), issuer, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until a page is there. */
async function until(lives: () => boolean, url: string): Promise<void> {
  const end = Date.now() + START_MS;
  while (lives() && Date.now() < end) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await pause(200);
  }
  throw new Error('Keycloak did not start');
}

const MAPPERS = {
  groups: {
    protocolMapper: 'oidc-group-membership-mapper',
    config: {
      ...{ 'claim.name': 'groups', 'full.path': 'false' },
      ...{ 'id.token.claim': 'true', 'access.token.claim': 'true' },
    },
  },
  audience: {
    protocolMapper: 'oidc-audience-mapper',
    config: { 'included.custom.audience': API, 'access.token.claim': 'true' },
  },
} as const;

const mappers = (...names: readonly (keyof typeof MAPPERS)[]) =>
  names.map((name) => ({ name, protocol: 'openid-connect', ...MAPPERS[name] }));

const personOf = (name: string, groups: readonly string[]) => ({
  ...{ username: name, email: `${name}@company.example`, emailVerified: true, enabled: true, groups },
  ...{ firstName: name, lastName: 'Of the company' },
  credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
});

function realmFor(origin: string) {
  const logout = {
    'backchannel.logout.url': `${origin}/backchannel-logout`,
    'backchannel.logout.session.required': 'false',
  };
  return {
    ...{ realm: 'company', enabled: true, groups: [{ name: 'api-makers' }] },
    users: [...['ada', 'eve', 'zoe'].map((name) => personOf(name, ['/api-makers'])), personOf('bob', [])],
    clients: [
      {
        ...{ clientId: 'keyseal', secret: SECRET, redirectUris: [`${origin}/sign-in/callback/company`] },
        ...{ frontchannelLogout: false, directAccessGrantsEnabled: true },
        attributes: { ...logout, 'post.logout.redirect.uris': `${origin}/sign-in` },
        protocolMappers: mappers('groups', 'audience'),
      },
    ],
  };
}

type Admin = (method: string, path: string, body?: object) => Promise<unknown>;

/** Calls the administration of Keycloak; paths below that of the realm `company`, or '' to create it. */
function administrator(base: string): Admin {
  return async (method, path, body) => {
    const { accessToken: token } = await tokensOf(`${base}/realms/master`, {
      client_id: 'admin-cli',
      ...ADMIN,
    });
    const response = await fetch(`${base}/admin/realms${path && `/company${path}`}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
}

async function tokensOf(realm: string, credentials: Record<string, string>): Promise<Tokens> {
  const response = await fetch(`${realm}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', scope: 'openid', ...credentials }),
  });
  const { access_token: accessToken = '', id_token: idToken = '' } = (await response.json()) as Record<
    string,
    string
  >;
  return { accessToken, idToken };
}

/** What people do. */
function peopleAt(issuer: string) {
  const browse = (): KeycloakBrowser => {
    const browser = new CookieBrowser(issuer);
    return {
      open: (url) => browser.follow(url),
      visit: async (url, username) => {
        const at = await browser.follow(url);
        if (!at.startsWith(issuer)) return at;
        const [, action = ''] = /id="kc-form-login"[^>]* action="([^"]+)"/.exec(await browser.read(at)) ?? [];
        return browser.follow(action.replaceAll('&amp;', '&'), { username, password: PASSWORD });
      },
    };
  };
  return {
    browse,
    visit: (url: string, person: string) => browse().visit(url, person),
    tokens: (username: string) =>
      tokensOf(issuer, { client_id: 'keyseal', client_secret: SECRET, username, password: PASSWORD }),
  };
}

const PROVIDERS = {
  RS256: { providerId: 'rsa-generated', config: { algorithm: ['RS256'], keySize: ['2048'] } },
  ES256: { providerId: 'ecdsa-generated', config: { ecdsaEllipticCurveKey: ['P-256'] } },
} as const;

interface Client {
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What an administrator does. */
function adminOf(admin: Admin) {
  let priority = 200;
  return {
    rotate: async (alg: keyof typeof PROVIDERS) => {
      const { providerId, config } = PROVIDERS[alg];
      priority += 1;
      await admin('POST', '/components', {
        ...{ name: `${alg} ${priority}`, providerId, providerType: 'org.keycloak.keys.KeyProvider' },
        config: { ...config, priority: [String(priority)] },
      });
      const [client] = (await admin('GET', '/clients?clientId=keyseal')) as Client[];
      const signed = { 'id.token.signed.response.alg': alg, 'access.token.signed.response.alg': alg };
      // What is left out of the attributes would be removed.
      const attributes = { ...client?.attributes, ...signed };
      await admin('PUT', `/clients/${client?.id}`, { ...client, attributes });
    },
    logOut: async (person: string) => {
      const [user] = (await admin('GET', `/users?exact=true&username=${person}`)) as { id: string }[];
      await admin('POST', `/users/${user?.id}/logout`);
    },
  };
}

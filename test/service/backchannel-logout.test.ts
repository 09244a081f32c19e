import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginSignIn, finish } from '../harness/external-sign-in.ts';
import {
  AUDIENCE,
  CLIENT_ID,
  type OidcIssuer,
  SIGN_IN_CLIENT,
  startOidcIssuer,
} from '../harness/oidc-issuer.ts';
import { createKey, type Person, personOf, query, signUp } from '../harness/people.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

let nth = 0;
const verified = () => ({ email: `logout-${++nth}@example.com`, email_verified: true, name: 'Ada' });

const entry = ({ issuer }: OidcIssuer, more: object = {}) => ({
  ...{ name: 'company', issuer, ...SIGN_IN_CLIENT, signIn: true },
  ...more,
});
const issuers = (...entries: object[]) => ({ KEYSEAL_ISSUERS: JSON.stringify(entries) });
const logoutUri = ({ url }: TestService) => `${url}/backchannel-logout`;

type Browsing = ReturnType<OidcIssuer['browse']>;

/**
 * Signs a person in with a browser that stays signed in at the provider. An ID token of the second of a logout counts as
 * issued before it, so that this may take a second.
 */
async function begin(service: TestService, browser: Browsing, who: string): Promise<Person> {
  const attempt = async () => {
    const { url, flow } = await beginSignIn(service);
    return finish(service, await browser.visit(url, who), flow);
  };
  let answer = await attempt();
  const again = async () => {
    if (answer.status !== 200) answer = await attempt();
    return answer.status;
  };
  await expect.poll(again, { interval: 300, timeout: 10_000 }).toBe(200);
  return personOf(answer, answer.json.result.data.user.email, '');
}

const whoami = async (service: TestService, who: Person) =>
  (await query(service, who, 'whoami')).reason ?? 'admitted';

describe.each([
  ['names the person', 'RS256', false, {}],
  ['names the session', 'ES256', true, {}],
  ['gives each client subjects of its own', 'ES256', false, { pairwise: true }],
] as const)('a real provider that %s when a person signs out there', (_, alg, sid, options) => {
  const people = { ada: verified(), bob: verified() };
  let provider: OidcIssuer;
  let service: TestService;
  beforeAll(async () => {
    provider = await startOidcIssuer(alg, {}, { people, ...options });
    service = await startTestService({ env: issuers(entry(provider)) });
    provider.notifyAt(logoutUri(service), sid);
  });
  afterAll(async () => {
    await service.stop();
    await provider.stop();
  });

  it('ends the sessions that the person began with it, and records it', async () => {
    const [browser, elsewhere] = [provider.browse(), provider.browse()];
    const ada = await begin(service, browser, 'ada');
    const other = await begin(service, elsewhere, 'ada');
    const bob = await begin(service, provider.browse(), 'bob');
    await browser.signOut();
    expect(await whoami(service, ada)).toBe('SESSION_ENDED');
    expect(await whoami(service, other)).toBe(sid ? 'admitted' : 'SESSION_ENDED');
    expect(await whoami(service, bob)).toBe('admitted');
  });

  it('leaves a session that began with a password', async () => {
    const carol = await signUp(service);
    const browser = provider.browse();
    const ada = await begin(service, browser, 'ada');
    await browser.signOut();
    expect(await whoami(service, carol)).toBe('admitted');
    expect(await whoami(service, ada)).toBe('SESSION_ENDED');
  });
});

describe('user tokens of a person who signs out at the provider', () => {
  let provider: OidcIssuer;
  let first: TestService;
  let second: TestService;
  let key: Credentials;
  beforeAll(async () => {
    provider = await startOidcIssuer('ES256');
    const userTokens = { name: 'api', issuer: provider.issuer, audience: AUDIENCE, clientId: CLIENT_ID };
    first = await startTestService({ env: issuers({ ...userTokens, userToken: true }) });
    second = first.env['DATABASE_URL'] ? await sibling(first) : first;
    provider.notifyAt(logoutUri(first), true);
    key = await createKey(first, await signUp(first), { permissions: ['exemple:read'] });
  });
  afterAll(async () => {
    if (second !== first) await second.stop();
    await first.stop();
    await provider.stop();
  });

  const call = async (service: TestService, token: string) =>
    (await send(service.port, sign(key, '/api/whoami', { authority: service.authority, token }))).reason ??
    'admitted';

  it('are refused on every instance from then on, and those issued later are not', async () => {
    const browser = provider.browse();
    const ada = await browser.signIn('ada');
    const bob = await provider.browse().signIn('bob');
    for (const service of [first, second])
      for (const { accessToken } of [ada, bob]) expect(await call(service, accessToken)).toBe('admitted');
    await browser.signOut();
    expect(await call(second, ada.accessToken)).toBe('SESSION_ENDED');
    expect(await call(first, ada.accessToken)).toBe('SESSION_ENDED');
    expect(await call(second, ada.accessToken)).toBe('SESSION_ENDED');
    expect(await call(second, bob.accessToken)).toBe('admitted');
    // A token counts as issued before if it is of the same second.
    await expect
      .poll(async () => call(second, (await provider.browse().signIn('ada')).accessToken))
      .toBe('admitted');
    expect(await call(first, ada.accessToken)).toBe('SESSION_ENDED');
  });
});

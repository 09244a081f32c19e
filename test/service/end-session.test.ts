import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { beginSignIn, finish } from '../harness/external-sign-in.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, claimsFor, ID_TOKEN, signInEntry, tokensWith } from '../harness/hostile-sign-in.ts';
import { type OidcIssuer, SIGN_IN_CLIENT, startOidcIssuer } from '../harness/oidc-issuer.ts';
import { mutate, type Person, personOf, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';

const PAGE = 'https://app.example.com/signed-out';

const signOutOf = async (service: TestService, person: Person, input: object = { returnTo: PAGE }) =>
  mutate(service, person, 'auth.signOut', input);

describe('to sign out with a real provider', () => {
  let provider: OidcIssuer;
  let service: TestService;
  beforeAll(async () => {
    const people = { ada: { email: 'ada@company.example', email_verified: true } };
    provider = await startOidcIssuer('ES256', {}, { people });
    const entry = { name: 'company', issuer: provider.issuer, ...SIGN_IN_CLIENT, signIn: true };
    const env = {
      KEYSEAL_ISSUERS: JSON.stringify([{ ...entry, endSession: true }]),
      KEYSEAL_CORS_ORIGINS: 'https://app.example.com',
    };
    service = await startTestService({ env });
  });
  afterAll(async () => {
    await service.stop();
    await provider.stop();
  });

  it('ends the session here and there, and returns with the state', async () => {
    provider.returnTo(PAGE);
    const browser = provider.browse();
    const { url, flow } = await beginSignIn(service);
    const answer = await finish(service, await browser.visit(url, 'ada'), flow);
    const ada = personOf(answer, 'ada@company.example', '');
    const out = (await signOutOf(service, ada)).json.result.data.endSession;
    expect((await query(service, ada, 'whoami')).reason).toBe('SESSION_ENDED');
    expect(new URL(out.url).origin).toBe(provider.issuer);
    expect(await browser.signOut(out.url)).toBe(`${PAGE}?state=${out.state}`);
    // The provider asks who they are again.
    const again = await beginSignIn(service);
    expect((await finish(service, await browser.visit(again.url, 'ada'), again.flow)).status).toBe(200);
  });
});

describe('the end of a session at a provider', () => {
  let issuer: HostileIssuer;
  let service: TestService;
  beforeAll(async () => {
    issuer = await startHostileIssuer();
    issuer.metadata['end_session_endpoint'] = `${issuer.issuer}/end?tenant=1`;
    const env = {
      KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer, { endSession: true })]),
      KEYSEAL_CORS_ORIGINS: 'https://app.example.com',
    };
    service = await startTestService({ env });
  });
  afterAll(async () => {
    await service.stop();
    await issuer.stop();
  });

  async function signedIn(at = service, more: object = {}) {
    const begun = await beginSignIn(at);
    const claims = claimsFor(begun);
    const idToken = issuer.token({ ...claims, ...more }, ID_TOKEN);
    issuer.answerWith(tokensWith(idToken));
    const answer = await finish(at, callbackOf(issuer, begun), begun.flow);
    return { person: personOf(answer, claims.email, ''), idToken };
  }
  const rowOf = async ({ id }: Person) => {
    const { db } = service.running.service.stores.database;
    const [row] = await db.select().from(sessions).where(eq(sessions.id, id));
    return row;
  };

  it('names the session by its ID token, which is stored encrypted and only while the session lasts', async () => {
    const { person, idToken } = await signedIn();
    const stored = (await rowOf(person))?.idTokenSealed ?? '';
    expect(stored.length).toBeGreaterThan(idToken.length);
    for (const part of idToken.split('.')) expect(stored).not.toContain(part);
    const { url, state } = (await signOutOf(service, person)).json.result.data.endSession;
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      ...{ tenant: '1', client_id: 'keyseal', id_token_hint: idToken, state },
      post_logout_redirect_uri: PAGE,
    });
    expect((await rowOf(person))?.idTokenSealed).toBeNull();
  });

  it('keeps no ID token that is too long for a URL', async () => {
    const { person } = await signedIn(service, { groups: ['x'.repeat(4096)] });
    expect((await rowOf(person))?.idTokenSealed).toBeNull();
    const { url } = (await signOutOf(service, person)).json.result.data.endSession;
    expect(new URL(url).searchParams.has('id_token_hint')).toBe(false);
  });

  it('does not take the ID token of another session', async () => {
    const [one, two] = [await signedIn(), await signedIn()];
    const { db } = service.running.service.stores.database;
    const { idTokenSealed } = (await rowOf(one.person)) ?? {};
    await db.update(sessions).set({ idTokenSealed }).where(eq(sessions.id, two.person.id));
    const { url } = (await signOutOf(service, two.person)).json.result.data.endSession;
    expect(new URL(url).searchParams.has('id_token_hint')).toBe(false);
  });

  it.each([
    ['https://evil.example/'],
    ['//evil.example'],
    ['/\\evil.example'],
    ['https://app.example.com@evil.example/'],
    ['javascript:alert(1)'],
    ['https://app.example.com/?next=x'],
  ])('is refused with the page %s, and the session remains', async (returnTo) => {
    const { person } = await signedIn();
    expect((await signOutOf(service, person, { returnTo })).reason).toBe('INPUT_INVALID');
    expect((await query(service, person, 'whoami')).status).toBe(200);
  });

  it('is not offered without a page to return to, nor to a session that began with a password', async () => {
    const { person } = await signedIn();
    expect((await signOutOf(service, person, {})).json.result.data).toEqual({ endSession: null });
    const ada = await signUp(service);
    expect((await signOutOf(service, ada)).json.result.data).toEqual({ endSession: null });
  });

  it('a provider that fails keeps no one signed in here', async () => {
    for (const endpoint of [undefined, 'javascript:alert(1)', 7]) {
      issuer.metadata['end_session_endpoint'] = endpoint;
      const fresh = await startTestService({
        env: { KEYSEAL_ISSUERS: service.env['KEYSEAL_ISSUERS'] ?? '' },
      });
      const { person } = await signedIn(fresh);
      const answer = await signOutOf(fresh, person, { returnTo: '/sign-in' });
      expect(answer.json.result.data).toEqual({ endSession: null });
      expect((await query(fresh, person, 'whoami')).reason).toBe('SESSION_ENDED');
      await fresh.stop();
    }
  });

  it('without endSession nothing is kept, and nothing ends there', async () => {
    issuer.metadata['end_session_endpoint'] = `${issuer.issuer}/end`;
    const env = { KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer)]) };
    const fresh = await startTestService({ env });
    const { person } = await signedIn(fresh);
    const answer = await signOutOf(fresh, person, { returnTo: '/sign-in' });
    expect(answer.json.result.data).toEqual({ endSession: null });
    await fresh.stop();
  });
});

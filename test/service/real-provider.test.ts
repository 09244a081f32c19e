import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { JWK } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admitted, beginSignIn, finish } from '../harness/external-sign-in.ts';
import { AUDIENCE, type OidcIssuer, SIGN_IN_CLIENT, startOidcIssuer } from '../harness/oidc-issuer.ts';
import { createKey, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, sign } from '../harness/wire.ts';

let nth = 0;
const verified = () => ({ email: `real-${++nth}@example.com`, email_verified: true, name: 'Ada' });

/** A service whose people sign in with a provider. */
function serviceWith({ issuer }: OidcIssuer, clock = Date.now): Promise<TestService> {
  const entry = { name: 'company', issuer, ...SIGN_IN_CLIENT, signIn: true };
  return startTestService({ env: { KEYSEAL_ISSUERS: JSON.stringify([entry]) }, clock });
}

describe('a real provider that rotates its keys', () => {
  let provider: OidcIssuer;
  let service: TestService;
  /** Between two readings of the keys is a pause of a second. */
  let ahead = 0;
  beforeAll(async () => {
    provider = await startOidcIssuer('RS256', {}, { people: { ada: verified() } });
    service = await serviceWith(provider, () => Date.now() + ahead);
  });
  afterAll(async () => {
    await service.stop();
    await provider.stop();
  });

  it('from RS256 to ES256 loses no sign-in and no token, without a restart', async () => {
    const before = await admitted(service, provider, 'ada');
    provider.rotate('ES256', 'kept');
    ahead += 1_000;
    const after = await admitted(service, provider, 'ada');
    expect(after.userId).toBe(before.userId);
    expect((await query(service, before, 'whoami')).status).toBe(200);
  });

  it('and withdraws the old ones at once signs people in with the new one', async () => {
    provider.rotate('RS256', 'withdrawn');
    ahead += 1_000;
    expect((await query(service, await admitted(service, provider, 'ada'), 'whoami')).status).toBe(200);
  });
});

describe('user tokens of a real provider', () => {
  it('are accepted before and after a rotation to another algorithm', async () => {
    const provider = await startOidcIssuer('ES256');
    const entry = { name: 'api', issuer: provider.issuer, audience: AUDIENCE, userToken: true };
    const service = await startTestService({ env: { KEYSEAL_ISSUERS: JSON.stringify([entry]) } });
    const key = await createKey(service, await signUp(service), { permissions: ['exemple:read'] });
    const call = async (token: string) =>
      (await send(service.port, sign(key, '/api/whoami', { authority: service.authority, token }))).status;
    const old = await provider.signIn('ada');
    expect(await call(old.accessToken)).toBe(200);
    provider.rotate('RS256', 'kept');
    const young = await provider.signIn('ada');
    // For an unknown key, the keys are read at most once a second.
    await expect.poll(() => call(young.accessToken)).toBe(200);
    expect(await call(old.accessToken)).toBe(200);
    await service.stop();
    await provider.stop();
  });
});

describe('a sign-in with a real provider', () => {
  let provider: OidcIssuer;
  let service: TestService;
  beforeAll(async () => {
    provider = await startOidcIssuer('ES256', {}, { people: { ada: verified() }, codeSeconds: 1 });
    service = await serviceWith(provider);
  });
  afterAll(async () => {
    await service.stop();
    await provider.stop();
  });

  /** The reason of a sign-in for which the browser sent other parameters to the provider. */
  async function reasonWith(parameter: string, value: string): Promise<string | undefined> {
    const { url, flow } = await beginSignIn(service);
    const changed = new URL(url);
    changed.searchParams.set(parameter, value);
    return (await finish(service, await provider.visit(changed.href, 'ada'), flow)).reason;
  }

  it('is refused with the nonce of another sign-in', async () => {
    const other = new URL((await beginSignIn(service)).url).searchParams.get('nonce') ?? '';
    expect(await reasonWith('nonce', other)).toBe('SIGN_IN_INVALID');
  });

  it('is refused with a code that was issued for another verifier (PKCE)', async () => {
    const other = new URL((await beginSignIn(service)).url).searchParams.get('code_challenge') ?? '';
    expect(await reasonWith('code_challenge', other)).toBe('SIGN_IN_INVALID');
  });

  it('is refused with a code that has expired', async () => {
    const { url, flow } = await beginSignIn(service);
    const back = await provider.visit(url, 'ada');
    const expired = Date.now() + 2_000;
    await expect.poll(() => Date.now() > expired, { timeout: 5_000 }).toBe(true);
    expect((await finish(service, back, flow)).reason).toBe('SIGN_IN_INVALID');
  });
});

it.each([
  ['in the browser', false],
  ['pushed to it', true],
])('a real provider demands requests that are signed, %s', async (_, pushed) => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [clientKey, known] = [pair.privateKey, pair.publicKey].map((key) => ({
    ...{ ...key.export({ format: 'jwk' }), alg: 'ES256', kid: 'of keyseal' },
  }));
  const options = { people: { ada: verified() }, clientKey: known as JWK, pushed };
  const provider = await startOidcIssuer('RS256', {}, options);
  const { issuer } = provider;
  const entry = { name: 'company', issuer, clientId: SIGN_IN_CLIENT.clientId, clientKey, signIn: true };
  const service = await startTestService({ env: { KEYSEAL_ISSUERS: JSON.stringify([entry]) } });
  const { url } = await beginSignIn(service);
  expect([...new URL(url).searchParams.keys()].sort()).toEqual([
    'client_id',
    pushed ? 'request_uri' : 'request',
  ]);
  const ada = await admitted(service, provider, 'ada');
  expect((await query(service, ada, 'whoami')).status).toBe(200);
  await service.stop();
  await provider.stop();
});

it('a real provider that gives each client subjects of its own identifies a person by them', async () => {
  const people = { ada: verified(), bob: verified() };
  const provider = await startOidcIssuer('RS256', {}, { people, pairwise: true });
  const service = await serviceWith(provider);
  const [ada, bob, again] = [
    await admitted(service, provider, 'ada'),
    await admitted(service, provider, 'bob'),
    await admitted(service, provider, 'ada'),
  ];
  expect([again.userId, bob.userId === ada.userId]).toEqual([ada.userId, false]);
  const { items } = (await query(service, ada, 'identities.list')).json.result.data;
  expect(items).toHaveLength(1);
  // The subject that another client sees is another one.
  expect(decodeJwt((await provider.signIn('ada')).idToken).sub).toBe('ada');
  await service.stop();
  await provider.stop();
});

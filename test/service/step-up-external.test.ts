import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { admitted, type Begun, finish } from '../harness/external-sign-in.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, claimsFor, ID_TOKEN, signInEntry, tokensWith } from '../harness/hostile-sign-in.ts';
import { type OidcIssuer, SIGN_IN_CLIENT, startOidcIssuer } from '../harness/oidc-issuer.ts';
import { callPublic, mutate, type Person, personOf } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ageProof, stepUp } from '../harness/step-up.ts';

const LIVE = { name: 'A key', environment: 'live', permissions: ['exemple:read'] };
const create = (service: TestService, who: Person) => mutate(service, who, 'keys.create', LIVE);

async function begin(service: TestService, more: object = {}): Promise<Begun> {
  const input = { issuer: 'company', returnTo: '/keys', ...more };
  const answer = await callPublic(service, 'auth.startSignIn', input);
  expect(answer.status).toBe(200);
  return answer.json.result.data;
}

describe.each([
  ['', {}],
  [', by pushed requests', { pushed: true }],
])('a person without a password, of a real provider%s', (_, options) => {
  const people = { ada: { email: 'ada@example.com', email_verified: true } };
  let provider: OidcIssuer;
  let service: TestService;
  beforeAll(async () => {
    provider = await startOidcIssuer('ES256', {}, { claimsInIdToken: true, people, ...options });
    const issuer = { name: 'company', issuer: provider.issuer, ...SIGN_IN_CLIENT, signIn: true };
    service = await startTestService({ env: { KEYSEAL_ISSUERS: JSON.stringify([issuer]) } });
  });
  afterAll(async () => {
    await service.stop();
    await provider.stop();
  });

  it('has proven who they are by signing in, and does so again by a fresh sign-in', async () => {
    const ada = await admitted(service, provider, 'ada');
    expect((await create(service, ada)).status).toBe(200);
    await ageProof(service, ada);
    expect((await create(service, ada)).reason).toBe('STEP_UP_REQUIRED');
    expect((await stepUp(service, ada, { password: 'no password opens this account' })).reason).toBe(
      'CREDENTIALS_INVALID',
    );
    const { url, flow } = await begin(service, { fresh: true });
    const answer = await finish(service, await provider.visit(url, 'ada'), flow);
    expect(answer.status).toBe(200);
    const again = personOf(answer, '', '');
    expect([again.userId, (await create(service, again)).status]).toEqual([ada.userId, 200]);
    expect((await create(service, ada)).reason).toBe('STEP_UP_REQUIRED');
  });
});

describe('the time of a proof at a provider', () => {
  let issuer: HostileIssuer;
  let service: TestService;
  const now = () => Math.floor(Date.now() / 1000);
  beforeAll(async () => {
    issuer = await startHostileIssuer();
    service = await startTestService({ env: { KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer)]) } });
  });
  afterAll(async () => {
    await service.stop();
    await issuer.stop();
  });
  beforeEach(() => issuer.redeemable.clear());

  const signIn = async (claims: object, more: object = {}) => {
    const begun = await begin(service, more);
    issuer.answerWith(tokensWith(issuer.token({ ...claimsFor(begun), ...claims }, ID_TOKEN)));
    return finish(service, callbackOf(issuer, begun), begun.flow);
  };

  it('is asked for by a fresh sign-in alone', async () => {
    const asked = (begun: Begun) =>
      ['prompt', 'max_age'].map((name) => new URL(begun.url).searchParams.get(name));
    expect(asked(await begin(service, { fresh: true }))).toEqual(['login', '0']);
    expect(asked(await begin(service))).toEqual([null, null]);
  });

  it.each([
    ['ten minutes and more ago', () => ({ auth_time: now() - 610 }), 'STEP_UP_REQUIRED'],
    ['at the beginning of time', () => ({ auth_time: 0 }), 'STEP_UP_REQUIRED'],
    ['a moment ago', () => ({ auth_time: now() - 5 }), undefined],
    ['in the next seconds, by its clock', () => ({ auth_time: now() + 30 }), undefined],
    ['at a time that it does not tell', () => ({}), undefined],
  ])('%s decides about dangerous changes', async (_, claims, reason) => {
    const person = personOf(await signIn(claims()), '', '');
    expect((await create(service, person)).reason).toBe(reason);
  });

  it.each([
    ['that it does not tell', () => ({})],
    ['before the sign-in began', () => ({ auth_time: now() - 120 })],
    ['in the future', () => ({ auth_time: now() + 600 })],
    ['that is a text', () => ({ auth_time: String(now()) })],
    ['that is no whole number', () => ({ auth_time: now() + 0.5 })],
  ])('%s finishes no fresh sign-in', async (_, claims) => {
    const { reason } = await signIn(claims(), { fresh: true });
    expect(reason).toBe('SIGN_IN_INVALID');
  });

  it('after the sign-in began finishes a fresh one', async () => {
    const answer = await signIn({ auth_time: now() }, { fresh: true });
    expect((await create(service, personOf(answer, '', ''))).status).toBe(200);
  });

  it('is noted with the provider', async () => {
    const person = personOf(await signIn({ auth_time: now() - 5 }), '', '');
    const { db } = service.running.service.stores.database;
    const [row] = await db.select().from(sessions).where(eq(sessions.id, person.id));
    expect(row?.method).toBe('issuer:company');
  });
});

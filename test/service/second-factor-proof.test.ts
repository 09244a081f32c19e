import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beginLink, link } from '../harness/external-sign-in.ts';
import { type OidcIssuer, SIGN_IN_CLIENT, startOidcIssuer } from '../harness/oidc-issuer.ts';
import { callPublic, mutate, type Person, personOf, query, signUp } from '../harness/people.ts';
import {
  beginFactor,
  challengeOf,
  codeAt,
  finishWithCode,
  type HeldFactor,
  STEP_MS,
  StoppedClock,
  setUpFactor,
} from '../harness/second-factor.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let provider: OidcIssuer;
let service: TestService;
let ada: Person;
let factor: HeldFactor;
/** The id of an identity that is linked to Ada's account. */
let identity: string;
const clock = new StoppedClock();
const { now } = clock;
let nth = 0;
const people: Record<string, Record<string, unknown>> = {};

beforeAll(async () => {
  provider = await startOidcIssuer('ES256', {}, { claimsInIdToken: true, people });
  const issuer = { name: 'company', issuer: provider.issuer, ...SIGN_IN_CLIENT, signIn: true };
  service = await startTestService({ clock: now, env: { KEYSEAL_ISSUERS: JSON.stringify([issuer]) } });
});
afterAll(async () => {
  await service.stop();
  await provider.stop();
});
beforeEach(async () => {
  clock.reset();
  ada = await signUp(service);
  const who = `ada-${++nth}`;
  people[who] = { email: `${who}@example.com`, email_verified: true };
  expect((await link(service, provider, ada, who)).status).toBe(200);
  identity = (await query(service, ada, 'identities.list')).json.result.data.items[0].id;
  factor = await setUpFactor(service, ada, now());
  clock.advance(STEP_MS);
});

const code = () => codeAt(factor.secret, now());
const wrong = () => (code() === '000000' ? '111111' : '000000');

/** Each change of how an account is opened, with what it takes besides the proof. */
const CHANGES: Readonly<Record<string, () => object>> = {
  'secondFactor.remove': () => ({}),
  'secondFactor.newRecoveryCodes': () => ({}),
  'identities.startLink': () => ({ issuer: 'company', returnTo: '/profile' }),
  'identities.unlink': () => ({ id: identity }),
};
const NAMES = Object.keys(CHANGES);
const change = (name: string, proof: object, who = ada) =>
  mutate(service, who, name, { ...CHANGES[name]?.(), ...proof });

/** What an attacker could have changed. */
async function stateOf(who: Person) {
  const [factorNow, identities] = [
    await query(service, who, 'secondFactor.get'),
    await query(service, who, 'identities.list'),
  ];
  return [factorNow.json.result.data, identities.json.result.data.items];
}

describe('a stolen session, with the password but without the authenticator', () => {
  it.each(NAMES)('%s is refused', async (name) => {
    const before = await stateOf(ada);
    const { password } = ada;
    const bare = await change(name, { password });
    expect(bare.reason).toBe('INPUT_INVALID');
    expect(bare.json.error.data.issues).toEqual([
      { path: 'code', message: 'is required: the account has a second factor' },
    ]);
    const used = codeAt(factor.secret, now() - STEP_MS);
    for (const text of [wrong(), used, 'x', '0000-0000-0000-0000'])
      expect((await change(name, { password, code: text })).reason).toBe('CREDENTIALS_INVALID');
    expect(await stateOf(ada)).toEqual(before);
  });

  it.each(NAMES)('%s takes the password too', async (name) => {
    const before = await stateOf(ada);
    const answer = await change(name, { password: 'a wrong password', code: code() });
    expect(answer.reason).toBe('CREDENTIALS_INVALID');
    expect((await change(name, { code: code() })).reason).toBe('INPUT_INVALID');
    expect(await stateOf(ada)).toEqual(before);
  });

  it.each(NAMES)('%s takes a code once, and a recovery code', async (name) => {
    const { password } = ada;
    const [recovery = ''] = factor.recoveryCodes;
    const proof = { password, code: name.startsWith('identities') ? recovery : code() };
    expect((await change(name, proof)).status).toBe(200);
    if (name !== 'secondFactor.remove')
      expect((await change(name, proof)).reason).toBe('CREDENTIALS_INVALID');
  });

  it('a code that was used at a sign-in is not accepted again to remove the factor', async () => {
    const text = code();
    const answer = await finishWithCode(service, await challengeOf(service, ada), text);
    const again = personOf(answer, ada.email, ada.password);
    const { password } = ada;
    for (const who of [again, ada])
      expect((await change('secondFactor.remove', { password, code: text }, who)).reason).toBe(
        'CREDENTIALS_INVALID',
      );
    clock.advance(STEP_MS);
    expect((await change('secondFactor.remove', { password, code: code() }, again)).status).toBe(200);
  });

  it('guesses of codes end, whatever the right password between them', async () => {
    const { password } = ada;
    const guess = async (n: number) =>
      (await change(NAMES[n % NAMES.length] as string, { password, code: wrong() })).reason;
    const reasons = [];
    for (let n = 0; n < 12; n++) reasons.push(await guess(n));
    expect(reasons.slice(0, 10)).toEqual(Array(10).fill('CREDENTIALS_INVALID'));
    expect(reasons.slice(10)).toEqual(Array(2).fill('TOO_MANY_FAILURES'));
    const more = await Promise.all(Array.from({ length: 9 }, (_, n) => guess(n)));
    expect(more.filter((reason) => reason === undefined)).toEqual([]);
    expect((await change('secondFactor.remove', { password, code: code() })).reason).toBe(
      'TOO_MANY_FAILURES',
    );
    // A recovery code cannot be guessed. Nor do guesses of one session lock the person out of signing in.
    expect(
      (await finishWithCode(service, await challengeOf(service, ada), code())).json.result.data.session,
    ).toBeTruthy();
    const [recovery = ''] = factor.recoveryCodes;
    expect((await change('secondFactor.remove', { password, code: recovery })).status).toBe(200);
  });

  it('a link that was begun before is not finished with a session that has ended', async () => {
    const bob = await signUp(service);
    const stolen = await signedIn(bob);
    people['mallory'] = { email: 'mallory@example.com', email_verified: true };
    const { url, flow } = await beginLink(service, stolen);
    const back = await provider.visit(url, 'mallory');
    await setUpFactor(service, bob, now());
    const answer = await mutate(service, stolen, 'identities.finishLink', { url: back, flow });
    expect(answer.reason).toBe('SESSION_ENDED');
  });
});

async function signedIn({ email, password }: Person): Promise<Person> {
  return personOf(await callPublic(service, 'auth.signIn', { email, password }), email, password);
}

describe('confirming a second factor', () => {
  it('ends the other sessions of the account, and no other', async () => {
    const bob = await signUp(service);
    const others = [await signedIn(bob), await signedIn(bob)];
    const secret = await beginFactor(service, bob);
    for (const who of others) expect((await query(service, who, 'whoami')).status).toBe(200);
    const wrongCode = await mutate(service, bob, 'secondFactor.confirm', { code: 'x' });
    expect(wrongCode.reason).toBe('CREDENTIALS_INVALID');
    for (const who of others) expect((await query(service, who, 'whoami')).status).toBe(200);
    const done = await mutate(service, bob, 'secondFactor.confirm', { code: codeAt(secret, now()) });
    expect(done.status).toBe(200);
    for (const who of others) expect((await query(service, who, 'whoami')).reason).toBe('SESSION_ENDED');
    for (const who of [bob, ada]) expect((await query(service, who, 'whoami')).status).toBe(200);
  });
});

it('an account without a second factor needs no code, as before', async () => {
  const bob = await signUp(service);
  const answer = await change('identities.startLink', { password: bob.password }, bob);
  expect(answer.status).toBe(200);
  expect((await change('secondFactor.remove', { password: bob.password }, bob)).reason).toBe('NOT_FOUND');
});

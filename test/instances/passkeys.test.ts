import { afterAll, beforeAll, expect, it } from 'vitest';
import { setUserDisabled } from '../../server/membership/users.ts';
import { freshPostgres } from '../harness/fresh.ts';
import {
  addPasskey,
  beginPasskey,
  beginPasskeySignIn,
  originOf,
  signInByPasskey,
} from '../harness/passkeys.ts';
import { callPublic, mutate, personOf, query, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { SoftwareAuthenticator } from '../harness/software-authenticator.ts';

requires('postgres').describe('passkeys on two instances', () => {
  let one: TestService;
  let other: TestService;

  beforeAll(async () => {
    one = await startTestService({ env: { DATABASE_URL: await freshPostgres() } });
    other = await sibling(one);
  });
  afterAll(() => Promise.all([one.stop(), other.stop()]));

  it('sign in on either, with a challenge of either, once', async () => {
    const { authenticator } = await addPasskey(one, await signUp(one));
    const { challenge, options } = await beginPasskeySignIn(one);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => {
        const response = authenticator.get(options);
        return callPublic(n % 2 ? one : other, 'auth.signInWithPasskey', { challenge, response });
      }),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ reason }) => reason === 'SIGN_IN_INVALID')).toHaveLength(7);
  });

  it('are registered once by one challenge, sent to both at the same moment', async () => {
    const ada = await signUp(one);
    const { challenge, options } = await beginPasskey(one, ada);
    const answers = await Promise.all(
      [one, other, one, other].map((at) => {
        const authenticator = new SoftwareAuthenticator({ origin: originOf(one) });
        const input = { challenge, response: authenticator.create(options), name: 'Laptop' };
        return mutate(at, ada, 'passkeys.register', input);
      }),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('are removed on both at once, with the sessions that they began', async () => {
    const ada = await signUp(one);
    const { password, email } = ada;
    const { id, authenticator } = await addPasskey(one, ada);
    const stolen = personOf(await signInByPasskey(other, authenticator), email, password);
    for (const at of [one, other]) expect((await query(at, stolen, 'whoami')).status).toBe(200);
    const begun = await beginPasskeySignIn(other);
    expect((await mutate(one, ada, 'passkeys.remove', { id, password })).status).toBe(200);
    for (const at of [other, one]) expect((await query(at, stolen, 'whoami')).reason).toBe('SESSION_ENDED');
    const response = authenticator.get(begun.options);
    const late = await callPublic(other, 'auth.signInWithPasskey', { challenge: begun.challenge, response });
    expect(late.reason).toBe('CREDENTIALS_INVALID');
    for (const at of [other, one]) expect((await query(at, ada, 'whoami')).status).toBe(200);
  });

  it('are refused on both as soon as their person is disabled', async () => {
    const ada = await signUp(one);
    const { authenticator } = await addPasskey(one, ada);
    const session = personOf(await signInByPasskey(other, authenticator), ada.email, ada.password);
    await setUserDisabled(one.running.service.stores, ada.userId, true);
    expect((await signInByPasskey(other, authenticator)).reason).toBe('CREDENTIALS_INVALID');
    expect((await query(other, session, 'whoami')).status).toBe(401);
  });

  it('that count are disabled on both once a copy has signed on one', async () => {
    const ada = await signUp(one);
    const counts = new SoftwareAuthenticator({ origin: originOf(one), counts: true });
    const { authenticator } = await addPasskey(one, ada, counts);
    const copy = authenticator.copy();
    const session = personOf(await signInByPasskey(one, authenticator), ada.email, ada.password);
    expect((await query(other, session, 'whoami')).status).toBe(200);
    expect((await signInByPasskey(other, copy)).reason).toBe('CREDENTIALS_INVALID');
    expect((await query(other, session, 'whoami')).reason).toBe('SESSION_ENDED');
    for (const at of [one, other])
      expect((await signInByPasskey(at, authenticator)).reason).toBe('CREDENTIALS_INVALID');
  });
});

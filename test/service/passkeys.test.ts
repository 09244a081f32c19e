import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { passkeys, users } from '../../drizzle/schema/accounts.ts';
import { noPasswordHash } from '../../server/auth/passwords.ts';
import { setUserDisabled } from '../../server/membership/users.ts';
import { recordsOf } from '../harness/audit-chain.ts';
import {
  addPasskey,
  beginPasskey,
  beginPasskeySignIn,
  type HeldPasskey,
  originOf,
  registerWith,
  signInByPasskey,
} from '../harness/passkeys.ts';
import { callPublic, mutate, type Person, personOf, publicDraft, query, signUp } from '../harness/people.ts';
import { codeAt, StoppedClock, setUpFactor } from '../harness/second-factor.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { anotherKey, type Changes, FLAGS, SoftwareAuthenticator } from '../harness/software-authenticator.ts';
import { activeOf } from '../harness/teams.ts';
import { send } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
const clock = new StoppedClock();

beforeAll(async () => {
  service = await startTestService({ clock: clock.now });
});
afterAll(() => service.stop());
beforeEach(async () => {
  clock.reset();
  ada = await signUp(service);
});

const db = () => service.running.service.stores.database.db;
const stores = () => service.running.service.stores;
const newAuthenticator = (more = {}) => new SoftwareAuthenticator({ origin: originOf(service), ...more });
const finish = (challenge: string, response: unknown) =>
  callPublic(service, 'auth.signInWithPasskey', { challenge, response });
const listOf = async (who: Person) => (await query(service, who, 'passkeys.list')).json.result.data.items;

describe('a passkey', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)('of %s begins an ordinary session', async (algorithm) => {
    const { authenticator } = await addPasskey(service, ada, newAuthenticator({ algorithm }));
    const answer = await signInByPasskey(service, authenticator);
    expect(answer.status, answer.text).toBe(200);
    const again = personOf(answer, ada.email, ada.password);
    expect((await query(service, again, 'whoami')).json.result.data.user.id).toBe(ada.userId);
  });

  it('takes no code of a second factor, and is asked for one when it is registered', async () => {
    const factor = await setUpFactor(service, ada, clock.now());
    const [first = '', second = ''] = factor.recoveryCodes;
    const { password } = ada;
    const without = await mutate(service, ada, 'passkeys.startRegistration', { password });
    expect(without.reason).toBe('INPUT_INVALID');
    const used = codeAt(factor.secret, clock.now());
    const wrong = await mutate(service, ada, 'passkeys.startRegistration', { password, code: used });
    expect(wrong.reason).toBe('CREDENTIALS_INVALID');
    const { challenge, options } = await beginPasskey(service, ada, first);
    const authenticator = newAuthenticator();
    const response = authenticator.create(options);
    const made = await mutate(service, ada, 'passkeys.register', { challenge, response, name: 'Phone' });
    const { id } = made.json.result.data.passkey;
    expect((await signInByPasskey(service, authenticator)).status).toBe(200);
    expect((await mutate(service, ada, 'passkeys.remove', { id, password })).reason).toBe('INPUT_INVALID');
    const proof = { id, password, code: second };
    expect((await mutate(service, ada, 'passkeys.remove', proof)).status).toBe(200);
  });

  it('is listed with its name, its state and its last use, and renamed', async () => {
    const { id, authenticator } = await addPasskey(service, ada, newAuthenticator({ synced: true }));
    const [at] = [new Date(clock.now()).toISOString()];
    const state = { id, name: 'Laptop', backedUp: true, createdAt: at, lastUsedAt: null, disabledAt: null };
    expect(await listOf(ada)).toEqual([state]);
    clock.advance(60_000);
    await signInByPasskey(service, authenticator);
    const renamed = await mutate(service, ada, 'passkeys.rename', { id, name: 'Work' });
    const lastUsedAt = new Date(clock.now()).toISOString();
    expect(renamed.json.result.data.passkey).toEqual({ ...state, name: 'Work', lastUsedAt });
    expect(await listOf(ada)).toEqual([{ ...state, name: 'Work', lastUsedAt }]);
  });

  it.each(['', ' ', 'a\u202eb', 'x'.repeat(101)])('cannot have the name %j', async (name) => {
    const { id } = await addPasskey(service, ada);
    expect((await mutate(service, ada, 'passkeys.rename', { id, name })).reason).toBe('INPUT_INVALID');
  });

  it('of another person is neither listed nor changed', async () => {
    const { id, authenticator } = await addPasskey(service, ada);
    const eve = await signUp(service);
    const { password } = eve;
    expect(await listOf(eve)).toEqual([]);
    expect((await mutate(service, eve, 'passkeys.rename', { id, name: 'Mine' })).reason).toBe('NOT_FOUND');
    expect((await mutate(service, eve, 'passkeys.remove', { id, password })).reason).toBe('NOT_FOUND');
    expect((await signInByPasskey(service, authenticator)).status).toBe(200);
  });

  it('is one of twenty at most', async () => {
    const { id } = await addPasskey(service, ada);
    const [row] = await db().select().from(passkeys).where(eq(passkeys.id, id));
    const more = Array.from({ length: 18 }, (_, n) => ({
      ...(row as typeof passkeys.$inferSelect),
      id: `psk_${ada.userId}_${n}`,
      credentialId: `${ada.userId}-${n}`,
    }));
    await db().insert(passkeys).values(more);
    const begun = [await beginPasskey(service, ada), await beginPasskey(service, ada)];
    const answers = await Promise.all(
      begun.map(({ challenge, options }) => {
        const response = newAuthenticator().create(options);
        return mutate(service, ada, 'passkeys.register', { challenge, response, name: 'One more' });
      }),
    );
    expect(answers.map(({ reason }) => reason).sort()).toEqual(['CONFLICT', undefined]);
    const { password } = ada;
    expect((await mutate(service, ada, 'passkeys.startRegistration', { password })).reason).toBe('CONFLICT');
    expect(await listOf(ada)).toHaveLength(20);
  });

  it('belongs to one account', async () => {
    const { authenticator } = await addPasskey(service, ada);
    const eve = await signUp(service);
    expect((await registerWith(service, eve, authenticator)).reason).toBe('CONFLICT');
    const begun = await beginPasskey(service, ada);
    const [excluded] = begun.options.excludeCredentials;
    expect(excluded).toEqual({
      id: authenticator.id,
      type: 'public-key',
      transports: ['hybrid', 'internal'],
    });
  });
});

describe('the registration of a passkey', () => {
  const changes: [string, Changes][] = [
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another RP', { rpId: 'evil.example' }],
    ['of another challenge', { challenge: 'AAAA' }],
    ['of the type of an assertion', { type: 'webauthn.get' }],
    ['without user verification', { without: FLAGS.verified }],
    ['without a person', { without: FLAGS.present }],
    ['without a key', { without: FLAGS.attested }],
    ['in a frame of another site', { crossOrigin: true }],
    ['with an algorithm that was not offered', { alg: -35 }],
    ['with impossible backup flags', { also: FLAGS.backedUp }],
  ];
  it.each(changes)('%s is refused', async (_, change) => {
    const answer = await registerWith(service, ada, newAuthenticator(), change);
    expect(answer.reason, answer.text).toBe('CREDENTIALS_INVALID');
    expect(await listOf(ada)).toEqual([]);
  });

  it.each(['packed', 'apple', 'a format of the future'])(
    'ignores an attestation of the format %s',
    async (format) => {
      const statement = new Map([['x5c', Buffer.from('http://127.0.0.1:1/a-list-of-revoked-certificates')]]);
      const answer = await registerWith(service, ada, newAuthenticator(), { format, statement });
      expect(answer.status, answer.text).toBe(200);
    },
  );

  it('takes the password', async () => {
    const wrong = await mutate(service, ada, 'passkeys.startRegistration', { password: 'a stolen session' });
    expect(wrong.reason).toBe('CREDENTIALS_INVALID');
  });

  it('is for an account with a password: one that a provider opens has none to give', async () => {
    await db().update(users).set({ passwordHash: noPasswordHash() }).where(eq(users.id, ada.userId));
    const answer = await mutate(service, ada, 'passkeys.startRegistration', { password: ada.password });
    expect(answer.reason).toBe('CREDENTIALS_INVALID');
  });

  it('finishes once, in the session that began it, within five minutes', async () => {
    const { email, password } = ada;
    const other = personOf(await callPublic(service, 'auth.signIn', { email, password }), email, password);
    const eve = await signUp(service);
    const { challenge, options } = await beginPasskey(service, ada);
    const register = (who: Person, response: unknown = newAuthenticator().create(options)) =>
      mutate(service, who, 'passkeys.register', { challenge, response, name: 'Laptop' });
    for (const who of [other, eve]) expect((await register(who)).reason).toBe('SIGN_IN_INVALID');
    expect((await register(ada)).status).toBe(200);
    expect((await register(ada)).reason).toBe('SIGN_IN_INVALID');
    const late = await beginPasskey(service, ada);
    clock.advance(300_000);
    const response = newAuthenticator().create(late.options);
    const answer = await mutate(service, ada, 'passkeys.register', {
      ...{ challenge: late.challenge, response, name: 'Laptop' },
    });
    expect(answer.reason).toBe('SIGN_IN_INVALID');
  });

  it('is void once the password has changed', async () => {
    const { challenge, options } = await beginPasskey(service, ada);
    const passwords = { currentPassword: ada.password, newPassword: 'another horse battery' };
    expect((await mutate(service, ada, 'auth.changePassword', passwords)).status).toBe(200);
    const response = newAuthenticator().create(options);
    const answer = await mutate(service, ada, 'passkeys.register', { challenge, response, name: 'Laptop' });
    expect(answer.reason).toBe('SIGN_IN_INVALID');
  });

  it('refuses the challenge of a sign-in, and a sign-in that of a registration', async () => {
    const { authenticator } = await addPasskey(service, ada);
    const begun = await beginPasskey(service, ada);
    const signIn = await beginPasskeySignIn(service);
    const response = newAuthenticator().create({ ...begun.options, challenge: signIn.options.challenge });
    const input = { challenge: signIn.challenge, response, name: 'Laptop' };
    expect((await mutate(service, ada, 'passkeys.register', input)).reason).toBe('SIGN_IN_INVALID');
    const assertion = authenticator.get({ ...signIn.options, challenge: begun.options.challenge });
    expect((await finish(begun.challenge, assertion)).reason).toBe('SIGN_IN_INVALID');
  });
});

describe('a sign-in by a passkey', () => {
  let held: HeldPasskey;
  beforeEach(async () => {
    held = await addPasskey(service, ada);
  });

  const changes: [string, Changes][] = [
    ['of another origin', { origin: 'https://evil.example' }],
    ['of a port of the same host', { origin: 'http://localhost:1' }],
    ['of another RP', { rpId: 'evil.example' }],
    ['of another challenge', { challenge: 'AAAA' }],
    ['of the type of a registration', { type: 'webauthn.create' }],
    ['without user verification', { without: FLAGS.verified }],
    ['without a person', { without: FLAGS.present }],
    ['in a frame of another site', { crossOrigin: true }],
    ['in a frame, said otherwise', { crossOrigin: 'true' }],
    ['in a frame, said with nothing', { crossOrigin: null }],
    ['in a frame, said with a number', { crossOrigin: 0 }],
    ['below a page of another site', { topOrigin: 'https://evil.example' }],
    ['of a page without an origin', { origin: 'null' }],
    ['of the host without its port', { origin: 'http://localhost' }],
    ['of an RP in another case', { rpId: 'LOCALHOST' }],
    ['of an RP with a dot', { rpId: 'localhost.' }],
    ['of no RP', { rpId: '' }],
    ['of an empty challenge', { challenge: '' }],
    ['signed with another key', { key: anotherKey() }],
    ['of another device type', { also: FLAGS.backupEligible }],
    ['with the user handle of nobody', { userHandle: 'bm9ib2R5' }],
    ['without a user handle', { userHandle: '' }],
  ];
  it.each(changes)('%s is refused', async (_, change) => {
    const { challenge, options } = await beginPasskeySignIn(service);
    const { response, ...rest } = held.authenticator.get(options, change);
    const { userHandle, ...bare } = response;
    const answer = await finish(challenge, { ...rest, response: userHandle === '' ? bare : response });
    expect(answer.reason, answer.text).toBe('CREDENTIALS_INVALID');
    expect((await signInByPasskey(service, held.authenticator)).status).toBe(200);
  });

  it('of an origin that is only like ours is refused', async () => {
    const ours = originOf(service);
    for (const origin of [
      `${ours}/`,
      ` ${ours}`,
      ours.toUpperCase(),
      ours.replace('http', 'https'),
      ours.replace('localhost', 'localhost.'),
      ours.replace('localhost', '127.0.0.1'),
      ours.replace('localhost', 'evil.localhost'),
      `${ours}.evil.example`,
      `https://evil.example/#${ours}`,
    ])
      expect((await signInByPasskey(service, held.authenticator, { origin })).reason).toBe(
        'CREDENTIALS_INVALID',
      );
  });

  it('with the user handle of another account is refused', async () => {
    const eve = await signUp(service);
    const userHandle = Buffer.from(eve.userId).toString('base64url');
    const answer = await signInByPasskey(service, held.authenticator, { userHandle });
    expect(answer.reason).toBe('CREDENTIALS_INVALID');
  });

  it('with an unknown passkey gets the answer of a wrong signature, to the byte', async () => {
    const texts = [];
    const unknown = newAuthenticator();
    for (const authenticator of [unknown, held.authenticator]) {
      const { json, status } = await signInByPasskey(service, authenticator, { key: anotherKey() });
      const { requestId, ...data } = json.error.data;
      texts.push({ status, message: json.error.message, data });
    }
    expect(texts[0]).toEqual(texts[1]);
    expect(texts[0]?.data.reason).toBe('CREDENTIALS_INVALID');
  });

  it('begins with the same options whichever account the person has', async () => {
    const { challenge, options } = await beginPasskeySignIn(service);
    expect(Object.keys(options).sort()).toEqual(['challenge', 'rpId', 'timeout', 'userVerification']);
    expect(options.userVerification).toBe('required');
    expect(challenge).not.toContain(options.challenge);
  });

  it('does not take a registration for an assertion', async () => {
    const { challenge, options } = await beginPasskeySignIn(service);
    const created = held.authenticator.create({
      ...{ challenge: options.challenge, rp: { id: options.rpId } },
      user: { id: Buffer.from(ada.userId).toString('base64url') },
    });
    expect((await finish(challenge, created)).reason).toBe('INPUT_INVALID');
    const { clientDataJSON } = created.response;
    const assertion = held.authenticator.get(options);
    const mixed = { ...assertion, response: { ...assertion.response, clientDataJSON } };
    expect((await finish(challenge, mixed)).reason).toBe('CREDENTIALS_INVALID');
  });

  it('accepts a challenge once, also from ten requests at the same moment', async () => {
    const { challenge, options } = await beginPasskeySignIn(service);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => finish(challenge, held.authenticator.get(options))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ reason }) => reason === 'SIGN_IN_INVALID')).toHaveLength(9);
    const [passkey] = await listOf(ada);
    expect(passkey.disabledAt).toBeNull();
  });

  it('accepts a challenge for five minutes, and no forged or changed one', async () => {
    const { challenge, options } = await beginPasskeySignIn(service);
    const other = await beginPasskeySignIn(service);
    const response = held.authenticator.get(options);
    const changed = `${challenge.slice(0, -6)}${challenge.at(-6) === 'A' ? 'B' : 'A'}${challenge.slice(-5)}`;
    for (const text of ['1.', 'x', `9${challenge}`, changed, ada.refreshToken])
      expect((await finish(text, response)).reason).toBe('SIGN_IN_INVALID');
    expect((await finish(other.challenge, response)).reason).toBe('CREDENTIALS_INVALID');
    clock.advance(300_000);
    expect((await finish(challenge, response)).reason).toBe('SIGN_IN_INVALID');
  });

  it('is refused to a disabled person, and to one who deleted the account', async () => {
    await setUserDisabled(stores(), ada.userId, true);
    expect((await signInByPasskey(service, held.authenticator)).reason).toBe('CREDENTIALS_INVALID');
    await setUserDisabled(stores(), ada.userId, false);
    const answer = await signInByPasskey(service, held.authenticator);
    const again = personOf(answer, ada.email, ada.password);
    const { password } = ada;
    expect((await mutate(service, again, 'auth.deleteAccount', { password })).status).toBe(200);
    expect((await signInByPasskey(service, held.authenticator)).reason).toBe('CREDENTIALS_INVALID');
    expect(await db().select().from(passkeys).where(eq(passkeys.userId, ada.userId))).toEqual([]);
  });

  it('is refused after a removal, which ends the sessions that began with the passkey', async () => {
    const answer = await signInByPasskey(service, held.authenticator);
    const stolen = personOf(answer, ada.email, ada.password);
    const wrong = await mutate(service, ada, 'passkeys.remove', { id: held.id, password: 'a guess' });
    expect(wrong.reason).toBe('CREDENTIALS_INVALID');
    expect((await query(service, stolen, 'whoami')).status).toBe(200);
    const { password } = ada;
    expect((await mutate(service, ada, 'passkeys.remove', { id: held.id, password })).status).toBe(200);
    expect((await query(service, stolen, 'whoami')).reason).toBe('SESSION_ENDED');
    expect((await query(service, ada, 'whoami')).status).toBe(200);
    expect((await signInByPasskey(service, held.authenticator)).reason).toBe('CREDENTIALS_INVALID');
  });

  it('slows down who guesses for one passkey, and nobody else', async () => {
    const key = anotherKey();
    const reasons = [];
    for (let n = 0; n < 11; n++)
      reasons.push((await signInByPasskey(service, held.authenticator, { key })).reason);
    expect(reasons.slice(0, 10)).toEqual(Array(10).fill('CREDENTIALS_INVALID'));
    expect(reasons[10]).toBe('TOO_MANY_FAILURES');
    const other = await addPasskey(service, ada);
    expect((await signInByPasskey(service, other.authenticator)).status).toBe(200);
    // The right answer has its turn even then.
    expect((await signInByPasskey(service, held.authenticator)).status).toBe(200);
  });
});

describe('a passkey that counts its signatures', () => {
  it('is disabled once a copy of it has signed, with the sessions that it began', async () => {
    const { authenticator } = await addPasskey(service, ada, newAuthenticator({ counts: true }));
    const copy = authenticator.copy();
    for (let n = 0; n < 3; n++) expect((await signInByPasskey(service, authenticator)).status).toBe(200);
    const theirs = personOf(await signInByPasskey(service, authenticator), ada.email, ada.password);
    expect((await signInByPasskey(service, copy)).reason).toBe('CREDENTIALS_INVALID');
    expect((await signInByPasskey(service, authenticator)).reason).toBe('CREDENTIALS_INVALID');
    expect((await query(service, theirs, 'whoami')).reason).toBe('SESSION_ENDED');
    const [passkey] = await listOf(ada);
    expect(passkey.disabledAt).not.toBeNull();
    const records = await recordsOf(service, await activeOf(service, ada));
    const mine = records.filter(({ subject }) => subject === passkey.id);
    expect(mine.at(-1)).toMatchObject({
      action: 'passkeys.disable',
      before: { disabledAt: null },
      after: { reason: 'its counter did not grow: a copy of it may exist' },
    });
  });

  it('counts to the end, and is disabled when it begins again', async () => {
    const { authenticator } = await addPasskey(service, ada, newAuthenticator({ counts: true }));
    for (const counter of [2 ** 31, 2 ** 32 - 1])
      expect((await signInByPasskey(service, authenticator, { counter })).status).toBe(200);
    expect((await signInByPasskey(service, authenticator, { counter: 0 })).reason).toBe(
      'CREDENTIALS_INVALID',
    );
    expect((await listOf(ada))[0].disabledAt).not.toBeNull();
  });

  it('is not disabled by a wrong signature with a low counter', async () => {
    const { authenticator } = await addPasskey(service, ada, newAuthenticator({ counts: true }));
    await signInByPasskey(service, authenticator);
    const forged = await signInByPasskey(service, authenticator, { counter: 0, key: anotherKey() });
    expect(forged.reason).toBe('CREDENTIALS_INVALID');
    expect((await signInByPasskey(service, authenticator)).status).toBe(200);
  });
});

describe('the challenge of a browser that keeps cookies', () => {
  const begin = (headers: readonly (readonly [string, string])[]) => {
    const draft = publicDraft(service, 'auth.startPasskeySignIn', { cookie: true });
    return send(service.port, { ...draft, headers: [...draft.headers, ...headers] });
  };
  const finishWith = (challenge: string, response: unknown, cookie: string | null) => {
    const draft = publicDraft(service, 'auth.signInWithPasskey', { challenge, response });
    const headers = cookie === null ? [] : [['cookie', cookie] as const];
    return send(service.port, { ...draft, headers: [...draft.headers, ...headers] });
  };
  const cookieIn = (headers: Record<string, unknown>) =>
    /__Host-keyseal-passkey=[^;]+/.exec(String(headers['set-cookie']))?.[0] ?? '';

  it('is valid there only, in several tabs at once', async () => {
    const { authenticator } = await addPasskey(service, ada);
    const origin = originOf(service);
    const first = await begin([['origin', origin]]);
    const cookie = cookieIn(first.headers);
    const second = await begin([
      ['origin', origin],
      ['cookie', cookie],
    ]);
    expect(cookieIn(second.headers)).toBe(cookie);
    const other = cookieIn((await begin([['origin', origin]])).headers);
    const { challenge, options } = first.json.result.data;
    for (const wrong of [null, other, '__Host-keyseal-passkey='])
      expect((await finishWith(challenge, authenticator.get(options), wrong)).reason).toBe('SIGN_IN_INVALID');
    for (const { json } of [first, second]) {
      const { challenge, options } = json.result.data;
      expect((await finishWith(challenge, authenticator.get(options), cookie)).status).toBe(200);
    }
  });

  it.each([[[]], [[['origin', 'https://evil.example']]]] as const)(
    'is given to pages of a public origin only: %j',
    async (headers) => {
      expect((await begin(headers)).reason).toBe('ACCESS_DENIED');
    },
  );
});

import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recoveryCodes, secondFactors, users } from '../../drizzle/schema/accounts.ts';
import { insertReset } from '../../server/auth/password-reset.ts';
import { setUserDisabled } from '../../server/membership/users.ts';
import { rewrapAll } from '../../server/stores/secrets/rewrap-all.ts';
import { Vault } from '../../server/stores/secrets/vault.ts';
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

let service: TestService;
let ada: Person;
let factor: HeldFactor;
const clock = new StoppedClock();
const { now } = clock;

beforeAll(async () => {
  service = await startTestService({ clock: now });
});
afterAll(() => service.stop());
beforeEach(async () => {
  clock.reset();
  ada = await signUp(service);
  factor = await setUpFactor(service, ada, now());
  clock.advance(STEP_MS);
});

const code = () => codeAt(factor.secret, now());
const reasonWith = async (challenge: string, text: string) =>
  (await finishWithCode(service, challenge, text)).reason;
const stores = () => service.running.service.stores;

describe('a sign-in to an account with a second factor', () => {
  it('needs the password, then a code, and begins an ordinary session', async () => {
    const answer = await finishWithCode(service, await challengeOf(service, ada), code());
    expect(answer.status).toBe(200);
    const again = personOf(answer, ada.email, ada.password);
    expect((await query(service, again, 'whoami')).json.result.data.user.id).toBe(ada.userId);
  });

  it('reveals that there is a second factor only after the right password', async () => {
    const other = await signUp(service);
    const texts = [];
    for (const { email } of [ada, other]) {
      const { json, status } = await callPublic(service, 'auth.signIn', { email, password: 'a wrong guess' });
      const { requestId, ...data } = json.error.data;
      texts.push({ status, message: json.error.message, data });
    }
    expect(texts[0]).toEqual(texts[1]);
    expect(texts[0]?.data.reason).toBe('CREDENTIALS_INVALID');
  });

  it('gives no session without the code: the answer to the password has no secret of one', async () => {
    const { email, password } = ada;
    const { json } = await callPublic(service, 'auth.signIn', { email, password });
    expect(Object.keys(json.result.data).sort()).toEqual(['challenge', 'next']);
  });

  it.each([
    ['one step early', -1],
    ['one step late', 1],
  ])('accepts a code %s', async (_, steps) => {
    clock.advance(2 * STEP_MS);
    const text = codeAt(factor.secret, now() + steps * STEP_MS);
    expect(await reasonWith(await challengeOf(service, ada), text)).toBeUndefined();
  });

  it.each([-2, 2])('refuses a code of %d steps away', async (steps) => {
    clock.advance(3 * STEP_MS);
    const text = codeAt(factor.secret, now() + steps * STEP_MS);
    expect(await reasonWith(await challengeOf(service, ada), text)).toBe('CREDENTIALS_INVALID');
  });

  it('refuses a used code, an earlier one, and the one that confirmed the factor', async () => {
    const confirming = codeAt(factor.secret, now() - STEP_MS);
    expect(await reasonWith(await challengeOf(service, ada), confirming)).toBe('CREDENTIALS_INVALID');
    const later = codeAt(factor.secret, now() + STEP_MS);
    expect(await reasonWith(await challengeOf(service, ada), later)).toBeUndefined();
    for (const used of [later, code()])
      expect(await reasonWith(await challengeOf(service, ada), used)).toBe('CREDENTIALS_INVALID');
  });

  it('accepts one code once, in ten challenges at the same moment', async () => {
    const challenges = [];
    for (let n = 0; n < 10; n++) challenges.push(await challengeOf(service, ada));
    const reasons = await Promise.all(challenges.map((challenge) => reasonWith(challenge, code())));
    expect(reasons.filter((reason) => reason === undefined)).toHaveLength(1);
  });

  it.each(['', ' ', '12345', '1234567', '١٢٣٤٥٦', '000000\0', 'NaN', '-12345', '1e5', 'x'.repeat(64)])(
    'refuses %j, which is no code',
    async (text) => {
      const challenge = await challengeOf(service, ada);
      expect(['CREDENTIALS_INVALID', 'INPUT_INVALID']).toContain(await reasonWith(challenge, text));
    },
  );
});

describe('a recovery code', () => {
  it('replaces a code once, however it is typed', async () => {
    const [first = '', second = ''] = factor.recoveryCodes;
    expect(await reasonWith(await challengeOf(service, ada), first)).toBeUndefined();
    expect(await reasonWith(await challengeOf(service, ada), first)).toBe('CREDENTIALS_INVALID');
    const typed = ` ${second.replaceAll('-', ' ').toUpperCase()}`;
    expect(await reasonWith(await challengeOf(service, ada), typed)).toBeUndefined();
    expect((await query(service, ada, 'secondFactor.get')).json.result.data.recoveryCodesLeft).toBe(8);
  });

  it('of another account, or replaced by new ones, is wrong', async () => {
    const other = await signUp(service);
    const theirs = await setUpFactor(service, other, now());
    const [foreign = ''] = theirs.recoveryCodes;
    expect(await reasonWith(await challengeOf(service, ada), foreign)).toBe('CREDENTIALS_INVALID');
    const proof = { password: ada.password, code: code() };
    expect((await mutate(service, ada, 'secondFactor.newRecoveryCodes', proof)).status).toBe(200);
    const [old = ''] = factor.recoveryCodes;
    expect(await reasonWith(await challengeOf(service, ada), old)).toBe('CREDENTIALS_INVALID');
  });

  it('is stored as an HMAC, and the secret encrypted', async () => {
    const { db } = stores().database;
    const rows = [await db.select().from(secondFactors), await db.select().from(recoveryCodes)];
    const text = JSON.stringify(rows);
    expect(text).not.toContain(factor.secret);
    for (const one of factor.recoveryCodes) expect(text).not.toContain(one.replaceAll('-', ''));
  });
});

describe('a challenge', () => {
  it('of another account is refused with a code of this one', async () => {
    const other = await signUp(service);
    await setUpFactor(service, other, now());
    expect(await reasonWith(await challengeOf(service, other), code())).toBe('CREDENTIALS_INVALID');
  });

  it('begins one session', async () => {
    const challenge = await challengeOf(service, ada);
    expect(await reasonWith(challenge, code())).toBeUndefined();
    clock.advance(STEP_MS);
    expect(await reasonWith(challenge, code())).toBe('SIGN_IN_INVALID');
    const [recovery = ''] = factor.recoveryCodes;
    expect(await reasonWith(challenge, recovery)).toBe('SIGN_IN_INVALID');
  });

  it('is valid for five minutes', async () => {
    const challenge = await challengeOf(service, ada);
    clock.advance(300_000);
    expect(await reasonWith(challenge, code())).toBe('SIGN_IN_INVALID');
  });

  it('that is forged, changed or of another purpose is refused', async () => {
    const challenge = await challengeOf(service, ada);
    const { vault } = stores();
    const elsewhere = vault.encrypt('{}', { table: 'sign_in_flows', column: 'flow', row: 'flow' });
    const flow = `${elsewhere.version}.${Buffer.from(elsewhere.text, 'base64').toString('base64url')}`;
    const changed = `${challenge.slice(0, -6)}${challenge.at(-6) === 'A' ? 'B' : 'A'}${challenge.slice(-5)}`;
    for (const text of ['1.', 'x', `9${challenge}`, changed, flow, ada.refreshToken])
      expect(await reasonWith(text, code())).toBe('SIGN_IN_INVALID');
  });

  it('is void once the account is disabled, its password new, or its factor gone', async () => {
    const challenge = await challengeOf(service, ada);
    await setUserDisabled(stores(), ada.userId, true);
    expect(await reasonWith(challenge, code())).toBe('SIGN_IN_INVALID');
    await setUserDisabled(stores(), ada.userId, false);

    const { token } = await stores().database.db.transaction((tx) =>
      insertReset(stores(), tx, ada.userId, null),
    );
    const newPassword = 'another horse battery';
    expect((await callPublic(service, 'auth.reset', { token, newPassword })).status).toBe(200);
    expect(await reasonWith(challenge, code())).toBe('SIGN_IN_INVALID');

    // The new password keeps the factor.
    const person = { ...ada, password: newPassword };
    const next = await challengeOf(service, person);
    const answer = await finishWithCode(service, next, code());
    const again = personOf(answer, ada.email, newPassword);
    const third = await challengeOf(service, person);
    const proof = { password: newPassword, code: codeAt(factor.secret, now() + STEP_MS) };
    expect((await mutate(service, again, 'secondFactor.remove', proof)).status).toBe(200);
    clock.advance(2 * STEP_MS);
    expect(await reasonWith(third, code())).toBe('SIGN_IN_INVALID');
  });
});

describe('guesses of codes', () => {
  const wrong = () => (code() === '000000' ? '111111' : '000000');

  it('are not reset by the correct password, and are limited: then only a recovery code opens the account', async () => {
    const challenge = await challengeOf(service, ada);
    const reasons = [];
    // Ten of them wait for nothing; the right password between them gives no new ones.
    for (let n = 0; n < 12; n++) {
      reasons.push(await reasonWith(n % 4 ? challenge : await challengeOf(service, ada), wrong()));
    }
    expect(reasons.slice(0, 10)).toEqual(Array(10).fill('CREDENTIALS_INVALID'));
    expect(reasons.slice(10)).toEqual(Array(2).fill('TOO_MANY_FAILURES'));
    const more = await Promise.all(Array.from({ length: 9 }, () => reasonWith(challenge, wrong())));
    expect(more.filter((reason) => reason === undefined)).toEqual([]);
    expect(await reasonWith(challenge, code())).toBe('TOO_MANY_FAILURES');
    const [recovery = ''] = factor.recoveryCodes;
    expect(await reasonWith(challenge, recovery)).toBeUndefined();
    expect(await reasonWith(await challengeOf(service, ada), code())).toBeUndefined();
  });
});

describe('the second factor of an account', () => {
  const changes = ['begin', 'remove', 'newRecoveryCodes'] as const;

  it.each(changes)('is changed by secondFactor.%s with the password only', async (name) => {
    const answer = await mutate(service, ada, `secondFactor.${name}`, { password: 'a stolen session' });
    expect(answer.reason).toBe('CREDENTIALS_INVALID');
    expect(await challengeOf(service, ada)).toBeTruthy();
  });

  it('has no effect until a code confirms it', async () => {
    const other = await signUp(service);
    const secret = await beginFactor(service, other);
    const { email, password } = other;
    expect(
      (await callPublic(service, 'auth.signIn', { email, password })).json.result.data.session,
    ).toBeTruthy();
    const wrong = await mutate(service, other, 'secondFactor.confirm', {
      code: codeAt(secret, now() - 600_000),
    });
    expect(wrong.reason).toBe('CREDENTIALS_INVALID');
    const state = await query(service, other, 'secondFactor.get');
    expect(state.json.result.data).toEqual({ confirmedAt: null, recoveryCodesLeft: 0 });
  });

  it('is not replaced while it is confirmed', async () => {
    const begun = await mutate(service, ada, 'secondFactor.begin', { password: ada.password });
    expect(begun.reason).toBe('CONFLICT');
    expect((await mutate(service, ada, 'secondFactor.confirm', { code: code() })).reason).toBe('CONFLICT');
    expect(await reasonWith(await challengeOf(service, ada), code())).toBeUndefined();
  });

  it('can be removed without ending sessions, and then the password is enough to sign in', async () => {
    const proof = { password: ada.password, code: code() };
    expect((await mutate(service, ada, 'secondFactor.remove', proof)).status).toBe(200);
    expect((await query(service, ada, 'whoami')).status).toBe(200);
    const { email, password } = ada;
    expect(
      (await callPublic(service, 'auth.signIn', { email, password })).json.result.data.session,
    ).toBeTruthy();
    const rows = await stores()
      .database.db.select()
      .from(recoveryCodes)
      .where(eq(recoveryCodes.userId, ada.userId));
    expect(rows).toEqual([]);
    const again = await mutate(service, ada, 'secondFactor.remove', { password });
    expect(again.reason).toBe('NOT_FOUND');
  });

  it('is not removed with a password that is replaced after it was checked', async () => {
    const { db } = stores().database;
    const spy = vi.spyOn(db, 'transaction');
    spy.mockImplementationOnce(async (run, config) => {
      await db.update(users).set({ passwordHash: 'replaced' }).where(eq(users.id, ada.userId));
      return db.transaction(run, config);
    });
    const proof = { password: ada.password, code: code() };
    const answer = await mutate(service, ada, 'secondFactor.remove', proof);
    spy.mockRestore();
    expect(answer.reason).toBe('CREDENTIALS_INVALID');
    const mine = await db.select().from(secondFactors).where(eq(secondFactors.userId, ada.userId));
    expect(mine).toHaveLength(1);
  });

  it('moves to a new master key, and its recovery codes with it', async () => {
    const { database, vault } = stores();
    const key = (version: number) => ({ version, bytes: Buffer.alloc(32, version) });
    const older = new Vault([key(901)]);
    const place = { table: 'second_factors', column: 'secret', row: ada.userId };
    const { text, version } = older.encrypt(factor.secret, place);
    const mine = eq(secondFactors.userId, ada.userId);
    await database.db.update(secondFactors).set({ secretSealed: text, secretVersion: version }).where(mine);
    const both = new Vault([key(902), key(901)]);
    const results = await rewrapAll(database, both, () => {});
    expect(results.find(({ table }) => table === 'second_factors')).toMatchObject({
      resealed: 1,
      damaged: [],
    });
    const [row] = await database.db.select().from(secondFactors).where(mine);
    expect(both.decrypt({ text: row?.secretSealed ?? '', version: 902 }, place)).toBe(factor.secret);
    const back = vault.encrypt(factor.secret, place);
    await database.db
      .update(secondFactors)
      .set({ secretSealed: back.text, secretVersion: back.version })
      .where(mine);
  });
});

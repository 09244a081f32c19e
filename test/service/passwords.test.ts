import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { passwordResets, sessions, users } from '../../drizzle/schema/accounts.ts';
import { invitations } from '../../drizzle/schema/memberships.ts';
import { insertReset } from '../../server/auth/password-reset.ts';
import { setUserDisabled } from '../../server/membership/users.ts';
import { callPublic, createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { joined, newMember, rolesIn, signInAgain } from '../harness/teams.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  // Failures are counted by the minute: the clock is frozen, so that no minute ends during a test.
  const start = Date.now();
  service = await startTestService({ clock: () => start });
});
afterAll(() => service.stop());
beforeEach(async () => {
  ada = await signUp(service);
});

const NEW = 'another long password';
const signInWith = async ({ email }: Person, password: string) =>
  (await callPublic(service, 'auth.signIn', { email, password })).reason;
const change = (who: Person, currentPassword: string, newPassword = NEW) =>
  mutate(service, who, 'auth.changePassword', { currentPassword, newPassword });
const reset = async (token: string, newPassword = NEW) =>
  (await callPublic(service, 'auth.reset', { token, newPassword })).reason;
const linkFor = (by: Person, { userId }: Person) => mutate(service, by, 'auth.createReset', { userId });
const dbOf = () => service.running.service.stores.database.db;

describe('auth.changePassword', () => {
  it('changes the password and ends the other sessions', async () => {
    const other = await signInAgain(service, ada);
    expect((await change(ada, ada.password)).status).toBe(200);
    expect((await query(service, other, 'whoami')).reason).toBe('SESSION_ENDED');
    expect((await query(service, ada, 'whoami')).status).toBe(200);
    expect([await signInWith(ada, ada.password), await signInWith(ada, NEW)]).toEqual([
      'CREDENTIALS_INVALID',
      undefined,
    ]);
  });

  it('requires the current password, and slows guesses down as a sign-in does', async () => {
    const reasons = [];
    for (let n = 0; n < 11; n++) reasons.push((await change(ada, `guess ${n}`)).reason);
    expect(reasons).toEqual([...Array(10).fill('CREDENTIALS_INVALID'), 'TOO_MANY_FAILURES']);
    expect((await change(ada, ada.password)).status).toBe(200);
  });

  it.each(['short', 'x'.repeat(1025)])('refuses an invalid new password', async (newPassword) => {
    expect((await change(ada, ada.password, newPassword)).reason).toBe('INPUT_INVALID');
  });

  it('succeeds once of several concurrent calls', async () => {
    const answers = await Promise.all([1, 2, 3].map((n) => change(ada, ada.password, `${NEW} ${n}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ reason }) => reason === 'CREDENTIALS_INVALID')).toHaveLength(2);
  });

  it('leaves no session that was begun with the old password in the meantime', async () => {
    const { email, password } = ada;
    const signingIn = Array.from({ length: 8 }, () =>
      callPublic(service, 'auth.signIn', { email, password }),
    );
    await change(ada, password);
    await Promise.all(signingIn);
    const rows = await dbOf().select().from(sessions).where(eq(sessions.userId, ada.userId));
    expect(rows.filter(({ endedAt }) => endedAt === null).map(({ id }) => id)).toEqual([ada.id]);
  });
});

describe('auth.createReset and auth.reset', () => {
  it('let a member set a password by a link, once, and end their sessions', async () => {
    const eve = await newMember(service, ada, 'developer');
    const { token, expiresAt } = (await linkFor(ada, eve)).json.result.data;
    expect(`${token} ${expiresAt}`).toMatch(/^ksx_[\w-]{43} \S+Z$/);
    expect((await query(service, eve, 'whoami')).status).toBe(200);
    expect([await reset(token), await reset(token)]).toEqual([undefined, 'RESET_INVALID']);
    expect((await query(service, eve, 'whoami')).reason).toBe('SESSION_ENDED');
    expect([await signInWith(eve, eve.password), await signInWith(eve, NEW)]).toEqual([
      'CREDENTIALS_INVALID',
      undefined,
    ]);
    expect(JSON.stringify([await dbOf().select().from(passwordResets), service.log])).not.toContain(token);
  });

  it('succeed once of many concurrent calls', async () => {
    const { token } = (await linkFor(ada, await newMember(service, ada, 'viewer'))).json.result.data;
    const reasons = await Promise.all(Array.from({ length: 6 }, (_, n) => reset(token, `${NEW} ${n}`)));
    expect(reasons.filter((reason) => reason === undefined)).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'RESET_INVALID')).toHaveLength(5);
  });

  it('are for managers, and for no member above them', async () => {
    const [admin, developer] = [
      await newMember(service, ada, 'admin'),
      await newMember(service, ada, 'developer'),
    ];
    const reasons = [];
    for (const [by, whom] of [
      [admin, developer],
      [admin, ada],
      [ada, ada],
      [developer, admin],
    ] as const)
      reasons.push((await linkFor(by, whom)).reason);
    expect(reasons).toEqual([undefined, 'ESCALATION_DENIED', 'ESCALATION_DENIED', 'PERMISSION_DENIED']);
  });

  it('refuse an account that belongs to another workspace too', async () => {
    const eve = await signUp(service);
    await joined(service, ada, eve, 'viewer');
    // Eve owns a workspace that Ada is no part of.
    expect((await linkFor(ada, eve)).reason).toBe('ESCALATION_DENIED');
  });

  it('refuse a link that expired or was replaced, or whose creator or person changed', async () => {
    const token = async (by: Person, whom: Person) => (await linkFor(by, whom)).json.result.data.token;
    const [admin, eve] = [await newMember(service, ada, 'admin'), await newMember(service, ada, 'viewer')];
    const replaced = await token(admin, eve);
    const byAdmin = await token(admin, eve);
    expect(await reset(replaced)).toBe('RESET_INVALID');
    await mutate(service, ada, 'members.setRole', { userId: admin.userId, role: 'developer' });
    expect(await reset(byAdmin)).toBe('RESET_INVALID');

    const late = await token(ada, eve);
    await dbOf()
      .update(passwordResets)
      .set({ expiresAt: new Date(Date.now() - 60_000) })
      .where(eq(passwordResets.userId, eve.userId));
    expect(await reset(late)).toBe('RESET_INVALID');

    const disabled = await token(ada, eve);
    await setUserDisabled(service.running.service.stores, eve.userId, true);
    expect(await reset(disabled)).toBe('RESET_INVALID');
    await setUserDisabled(service.running.service.stores, eve.userId, false);

    const changed = await token(ada, eve);
    expect((await change(await signInAgain(service, eve), eve.password)).status).toBe(200);
    expect(await reset(changed)).toBe('RESET_INVALID');
    expect(await reset('ksx_no such link')).toBe('RESET_INVALID');
  });

  it('accept a link without a creator, from the command line', async () => {
    const { stores } = service.running.service;
    const { token } = await insertReset(stores, dbOf(), ada.userId, null);
    expect(await reset(token)).toBeUndefined();
    expect(await signInWith(ada, NEW)).toBeUndefined();
  });
});

describe('auth.deleteAccount', () => {
  const deleteAs = async (who: Person, password = who.password) =>
    (await mutate(service, who, 'auth.deleteAccount', { password })).reason;

  it('deletes the person’s data, and leaves the workspace to the others', async () => {
    const eve = await newMember(service, ada, 'admin');
    const [hers, machine] = [await createKey(service, eve), await createKey(service, eve, { service: true })];
    expect(await deleteAs(eve, 'not the password')).toBe('CREDENTIALS_INVALID');
    expect(await deleteAs(eve)).toBeUndefined();
    expect((await query(service, eve, 'whoami')).reason).toBe('SESSION_ENDED');
    expect((await query(service, hers, 'exemple')).reason).toBe('KEY_DISABLED');
    expect((await query(service, machine, 'exemple')).status).toBe(200);
    expect(Object.keys(await rolesIn(service, ada))).toEqual([ada.userId]);
    expect(await signInWith(eve, eve.password)).toBe('CREDENTIALS_INVALID');
    const rows = [await dbOf().select().from(users), await dbOf().select().from(invitations)];
    expect(JSON.stringify(rows)).not.toContain(eve.email);
    // The address is free again; the account stays what it is, even for the command line.
    const { email, password } = eve;
    expect((await callPublic(service, 'auth.signUp', { email, password })).status).toBe(200);
    expect(await setUserDisabled(service.running.service.stores, eve.userId, false)).toBeNull();
  });

  it('refuses the last owner of a workspace with other members', async () => {
    await newMember(service, ada, 'admin');
    expect(await deleteAs(ada)).toBe('CONFLICT');
    expect((await query(service, ada, 'whoami')).status).toBe(200);
    await newMember(service, ada, 'owner');
    expect(await deleteAs(ada)).toBeUndefined();
  });

  it('deletes the workspace of its only member, and its service keys', async () => {
    const machine = await createKey(service, ada, { service: true });
    expect(await deleteAs(ada)).toBeUndefined();
    expect((await query(service, machine, 'exemple')).reason).toBe('KEY_REVOKED');
  });

  it('leaves an owner if all owners delete their accounts at once', async () => {
    const other = await newMember(service, ada, 'owner');
    const witness = await newMember(service, ada, 'viewer');
    const reasons = await Promise.all([deleteAs(ada), deleteAs(other)]);
    expect(reasons.filter((reason) => reason === 'CONFLICT')).toHaveLength(1);
    expect(Object.values(await rolesIn(service, witness)).sort()).toEqual(['owner', 'viewer']);
  });
});

describe('a person who is disabled', () => {
  it('cannot sign in, has no sessions any more, and has keys that work again once enabled', async () => {
    const key = await createKey(service, ada);
    const { stores } = service.running.service;
    expect(await setUserDisabled(stores, ada.userId, true)).toBe(1);
    expect(await signInWith(ada, ada.password)).toBe('CREDENTIALS_INVALID');
    expect((await query(service, key, 'exemple')).reason).toBe('KEY_DISABLED');
    await setUserDisabled(stores, ada.userId, false);
    expect((await query(service, ada, 'whoami')).reason).toBe('SESSION_ENDED');
    expect((await query(service, key, 'exemple')).status).toBe(200);
    expect(await signInWith(ada, ada.password)).toBeUndefined();
    expect(await setUserDisabled(stores, 'usr_nobody', true)).toBeNull();
  });
});

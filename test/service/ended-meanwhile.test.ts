import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { refreshSession } from '../../server/auth/session.ts';
import { blockTransactions } from '../harness/blocked-transactions.ts';
import { callPublic, mutate, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { invite, newAddress, newMember } from '../harness/teams.ts';
import type { Answer } from '../harness/wire.ts';

const DAY = 24 * 3_600_000;
const LONG_ENOUGH = 'a whole new battery';

let service: TestService;
let ahead = 0;

beforeAll(async () => {
  service = await startTestService({ clock: () => Date.now() + ahead });
});
afterAll(() => service.stop());
afterEach(() => {
  ahead = 0;
});

/** Sends a call, and lets time pass between its admission and its transaction. */
async function whileTimePasses(ms: number, call: () => Promise<Answer>): Promise<Answer> {
  const blocked = blockTransactions(service, 1);
  const answer = call();
  await blocked.arrived;
  ahead = ms;
  blocked.release();
  return answer;
}

const linkFor = async (owner: Person, { userId }: Person): Promise<string> =>
  (await mutate(service, owner, 'auth.createReset', { userId })).json.result.data.token;

describe('a right that ended while a call waited is not used', () => {
  it('a reset link sets no password', async () => {
    const owner = await signUp(service);
    const member = await newMember(service, owner, 'developer');
    const token = await linkFor(owner, member);
    const spend = () => callPublic(service, 'auth.reset', { token, newPassword: LONG_ENOUGH });
    expect((await whileTimePasses(DAY + 60_000, spend)).reason).toBe('RESET_INVALID');
    ahead = 0;
    expect((await spend()).status).toBe(200);
  });

  it('an invitation adds no member', async () => {
    const owner = await signUp(service);
    const person = await signUp(service);
    const token = await invite(service, owner, person.email);
    const accept = () => mutate(service, person, 'invitations.accept', { token });
    expect((await whileTimePasses(7 * DAY + 60_000, accept)).reason).toBe('INVITATION_INVALID');
    ahead = 0;
    expect((await accept()).status).toBe(200);
  });

  it('an invitation creates no account', async () => {
    const email = newAddress();
    const invitationToken = await invite(service, await signUp(service), email);
    const accept = () =>
      callPublic(service, 'auth.signUp', { email, password: LONG_ENOUGH, invitationToken });
    expect((await whileTimePasses(7 * DAY + 60_000, accept)).reason).toBe('INVITATION_INVALID');
    ahead = 0;
    expect((await accept()).status).toBe(200);
  });

  it.each<[string, (person: Person) => readonly [string, object]]>([
    [
      'changes no password',
      ({ password }) => ['auth.changePassword', { currentPassword: password, newPassword: LONG_ENOUGH }],
    ],
    ['makes no workspace', () => ['workspaces.create', { name: 'Late' }]],
    [
      'makes no key',
      () => ['keys.create', { name: 'Late', environment: 'live', permissions: ['exemple:read'] }],
    ],
    ['changes no name', () => ['auth.updateProfile', { name: 'Late' }]],
    ['deletes no account', ({ password }) => ['auth.deleteAccount', { password }]],
  ])('a session %s', async (_, call) => {
    const person = await signUp(service);
    const answer = await whileTimePasses(91 * DAY, () => mutate(service, person, ...call(person)));
    expect(answer.reason).toBe('SESSION_ENDED');
  });

  it.each([
    ['expired', 91 * DAY],
    ['been idle for too long', 31 * DAY],
  ])('a session that has %s is not refreshed', async (_, ms) => {
    const { id, refreshToken } = await signUp(service);
    const { service: running } = service.running;
    const session = await running.stores.credentials.session(id);
    if (!session) throw new Error('no session');
    const caller = { kind: 'session', session, workspaceId: session.workspaceId } as const;
    const request = { id: 'a request', address: '127.0.0.1' };
    // The gate has admitted it by now.
    ahead = ms;
    await expect(refreshSession(running, { caller, request }, refreshToken)).rejects.toMatchObject({
      reason: 'SESSION_ENDED',
    });
    ahead = 0;
    expect(await refreshSession(running, { caller, request }, refreshToken)).toMatchObject({ id });
  });
});

describe('a right whose end cannot be read is not used', () => {
  const database = () => service.running.service.stores.database;

  it('of a reset link', async () => {
    const owner = await signUp(service);
    const token = await linkFor(owner, await newMember(service, owner, 'developer'));
    await database().query(sql`update password_resets set expires_at = 'infinity'`);
    expect((await callPublic(service, 'auth.reset', { token, newPassword: LONG_ENOUGH })).reason).toBe(
      'RESET_INVALID',
    );
  });

  it('of an invitation', async () => {
    const owner = await signUp(service);
    const person = await signUp(service);
    const email = newAddress();
    const [token, invitationToken] = [
      await invite(service, owner, person.email),
      await invite(service, owner, email),
    ];
    await database().query(sql`update invitations set expires_at = 'infinity'`);
    expect((await mutate(service, person, 'invitations.accept', { token })).reason).toBe(
      'INVITATION_INVALID',
    );
    const input = { email, password: LONG_ENOUGH, invitationToken };
    expect((await callPublic(service, 'auth.signUp', input)).reason).toBe('INVITATION_INVALID');
  });

  it.each(['infinity', '-infinity'])(
    'failures that began at %s count as recent, and end an hour after the next',
    async (begun) => {
      const { loginFailures } = service.running.service.stores;
      const subject = `failures ${begun}`;
      for (let n = 0; n < 3; n++) await loginFailures.add(subject);
      await database().query(sql`update login_failures set begun_at = ${begun} where subject = ${subject}`);
      expect(await loginFailures.count(subject)).toBe(3);
      await loginFailures.add(subject);
      expect(await loginFailures.count(subject)).toBe(4);
      ahead = 3_600_000 + 60_000;
      expect(await loginFailures.count(subject)).toBe(0);
    },
  );
});

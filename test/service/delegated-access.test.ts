import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { passwordResets } from '../../drizzle/schema/accounts.ts';
import { memberships } from '../../drizzle/schema/memberships.ts';
import { addMember } from '../../server/membership/members.ts';
import { setUserDisabled } from '../../server/membership/users.ts';
import { blockTransactions } from '../harness/blocked-transactions.ts';
import { callPublic, createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { activeOf, invite, joined, newAddress, newMember, signInAgain } from '../harness/teams.ts';
import type { Credentials } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let admin: Person;
let member: Person;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '1000000' } });
});
afterAll(() => service.stop());
beforeEach(async () => {
  ada = await signUp(service);
  [admin, member] = [await newMember(service, ada, 'admin'), await newMember(service, ada, 'developer')];
});

const remove = ({ userId }: Person) => mutate(service, ada, 'members.remove', { userId });
const setRole = ({ userId }: Person, role: string) =>
  mutate(service, ada, 'members.setRole', { userId, role });
const linkFor = async (by: Person, { userId }: Person): Promise<string> =>
  (await mutate(service, by, 'auth.createReset', { userId })).json.result.data.token;
const reset = async (token: string) =>
  (await callPublic(service, 'auth.reset', { token, newPassword: 'another long password' })).reason;
const disable = (who: Person, disabled: boolean) =>
  setUserDisabled(service.running.service.stores, who.userId, disabled);

const changed = ({ password }: Person) => ({
  currentPassword: password,
  newPassword: 'chosen by its person',
});

/** How a right ends, and how the same right comes back; what was delegated by it does not. */
const ENDS: Readonly<Record<string, readonly [end: () => Promise<unknown>, back: () => Promise<unknown>]>> = {
  'the maker is removed': [() => remove(admin), () => joined(service, ada, admin, 'admin')],
  'the maker leaves': [
    () => mutate(service, admin, 'members.leave'),
    () => joined(service, ada, admin, 'admin'),
  ],
  'the maker may only read': [() => setRole(admin, 'viewer'), () => setRole(admin, 'admin')],
  'the maker is disabled': [() => disable(admin, true), () => disable(admin, false)],
};

describe('S9: a link to set a password', () => {
  it.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ...Object.entries(ENDS).map(
      ([name, [end, back]]) => [name, end, back] as [string, typeof end, typeof back],
    ),
    ['the member is removed', () => remove(member), () => joined(service, ada, member)],
    ['the member leaves', () => mutate(service, member, 'members.leave'), () => joined(service, ada, member)],
  ])('is void permanently once %s', async (_, end, back) => {
    const [unspent, late] = [await linkFor(admin, member), member];
    await end();
    expect(await reset(unspent)).toBe('RESET_INVALID');
    await back();
    expect(await reset(unspent)).toBe('RESET_INVALID');
    const { email, password } = late;
    expect((await callPublic(service, 'auth.signIn', { email, password })).status).toBe(200);
  });

  it('of a person who has left the workspace opens nothing, even if its creator is a member', async () => {
    const token = await linkFor(ada, member);
    await remove(member);
    expect(await reset(token)).toBe('RESET_INVALID');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['its person is promoted above the maker', () => setRole(member, 'owner')],
    ['its person joins a workspace of others', async () => joined(service, await signUp(service), member)],
    [
      'its person changes the password',
      () => mutate(service, member, 'auth.changePassword', changed(member)),
    ],
    ['another link is made', () => linkFor(ada, member)],
    [
      'the maker deletes their account',
      () => mutate(service, admin, 'auth.deleteAccount', { password: admin.password }),
    ],
    [
      'the maker is removed from another workspace that both belong to',
      async () => {
        const [elsewhere, first] = [await signUp(service), await activeOf(service, admin)];
        await joined(service, elsewhere, member);
        await joined(service, elsewhere, admin, 'admin');
        const { userId } = admin;
        expect((await mutate(service, elsewhere, 'members.remove', { userId })).status).toBe(200);
        await mutate(service, admin, 'workspaces.select', { id: first });
      },
    ],
    [
      'the workspace is deleted, though both belong to another one',
      async () => {
        const elsewhere = await signUp(service);
        await joined(service, elsewhere, member);
        await joined(service, elsewhere, admin, 'admin');
        const name = (await query(service, ada, 'workspaces.get')).json.result.data.name;
        expect((await mutate(service, ada, 'workspaces.delete', { name })).status).toBe(200);
      },
    ],
  ])('sets nothing once %s', async (_, change) => {
    const [token, email] = [await linkFor(admin, member), member.email];
    await change();
    expect(await reset(token)).toBe('RESET_INVALID');
    const taken = { email, password: 'another long password' };
    expect((await callPublic(service, 'auth.signIn', taken)).reason).toBe('CREDENTIALS_INVALID');
  });

  it('that an older version made, without a workspace, needs a member to manage', async () => {
    const { db } = service.running.service.stores.database;
    const token = await linkFor(admin, member);
    const mine = eq(passwordResets.userId, member.userId);
    await db.update(passwordResets).set({ workspaceId: null }).where(mine);
    await remove(member);
    expect(await reset(token)).toBe('RESET_INVALID');
  });

  it.each([
    ['the maker is removed', () => remove(admin)],
    ['the member is removed', () => remove(member)],
    ['the maker is disabled', () => disable(admin, true)],
  ])('that is being spent while %s sets nothing', async (_, end) => {
    const token = await linkFor(admin, member);
    const blocked = blockTransactions(service, 1);
    const spending = reset(token);
    await blocked.arrived;
    await end();
    blocked.release();
    expect(await spending).toBe('RESET_INVALID');
  });

  it('keeps its workspace, and is valid while every condition is met', async () => {
    const token = await linkFor(admin, member);
    const { db } = service.running.service.stores.database;
    const [row] = await db.select().from(passwordResets).where(eq(passwordResets.userId, member.userId));
    expect(row?.workspaceId).toBe(await activeOf(service, ada));
    expect(await reset(token)).toBeUndefined();
  });
});

describe('an invitation', () => {
  it.each(Object.entries(ENDS))('is void permanently, and not listed, once %s', async (_, [end, back]) => {
    const email = newAddress();
    const invitationToken = await invite(service, admin, email, 'developer');
    await end();
    const listed = async () => (await query(service, ada, 'invitations.list')).json.result.data.items;
    expect(await listed()).toEqual([]);
    await back();
    expect((await listed()).map((one: { email: string }) => one.email)).not.toContain(email);
    const input = { email, password: 'correct horse battery', invitationToken };
    expect((await callPublic(service, 'auth.signUp', input)).reason).toBe('INVITATION_INVALID');
  });

  it('is void if its creator may no longer give its role, and valid if they may', async () => {
    const owner = await newMember(service, ada, 'owner');
    const [high, low] = [newAddress(), newAddress()];
    const [forOwner, forViewer] = [
      await invite(service, owner, high, 'owner'),
      await invite(service, owner, low, 'viewer'),
    ];
    await setRole(owner, 'admin');
    await setRole(owner, 'owner');
    const join = async (email: string, invitationToken: string) =>
      (
        await callPublic(service, 'auth.signUp', {
          email,
          password: 'correct horse battery',
          invitationToken,
        })
      ).reason;
    expect([await join(high, forOwner), await join(low, forViewer)]).toEqual([
      'INVITATION_INVALID',
      undefined,
    ]);
  });

  it.each<[string, (bob: Person) => Promise<unknown>]>([
    ['is removed', remove],
    ['leaves', (bob) => mutate(service, bob, 'members.leave')],
    ['is removed in another role', async (bob) => [await setRole(bob, 'admin'), await remove(bob)]],
  ])('brings nobody back who joined in another way, and %s', async (_, end) => {
    const bob = await signUp(service);
    const [token, id] = [await invite(service, ada, bob.email, 'admin'), await activeOf(service, ada)];
    const { database, credentials } = service.running.service.stores;
    // As the rules of an identity provider do it.
    const joining = {
      workspaceId: id,
      userId: bob.userId,
      role: 'viewer',
      issuer: 'https://id.example',
    } as const;
    await database.db.transaction((tx) => addMember(tx, { ...joining, now: new Date() }));
    credentials.changed({ user: bob.userId });
    await mutate(service, bob, 'workspaces.select', { id });
    await end(bob);
    const back = await signInAgain(service, bob);
    expect((await mutate(service, back, 'invitations.accept', { token })).reason).toBe('INVITATION_INVALID');
    expect((await query(service, ada, 'invitations.list')).json.result.data.items).toEqual([]);
    // A new one is meant for them.
    await joined(service, ada, back);
  });

  it('that is being accepted while its creator is disabled admits no member', async () => {
    const token = await invite(service, admin, (await signUp(service)).email);
    const guest = await signUp(service);
    const own = await invite(service, admin, guest.email);
    expect(own).not.toBe(token);
    const blocked = blockTransactions(service, 1);
    const accepting = mutate(service, guest, 'invitations.accept', { token: own });
    await blocked.arrived;
    await disable(admin, true);
    blocked.release();
    expect((await accepting).reason).toBe('INVITATION_INVALID');
  });
});

describe('S12: the key of a member', () => {
  let key: Credentials;
  beforeEach(async () => {
    key = await createKey(service, member);
  });

  const statusOf = async () =>
    (await query(service, ada, 'keys.get', { id: key.id })).json.result.data.status;
  /** In how many lists by status it is, and which. */
  const listedAs = async () => {
    const found = [];
    for (const status of ['active', 'disabled', 'expired', 'revoked']) {
      for (const sort of ['newest', 'oldest', 'name', 'lastUsed']) {
        const { items } = (await query(service, ada, 'keys.list', { status, sort })).json.result.data;
        if (
          items.some(
            ({ id, ...one }: { id: string; status: string }) => id === key.id && one.status === status,
          )
        )
          found.push(status);
      }
    }
    return [...new Set(found)];
  };
  const seen = async () => [await statusOf(), ...(await listedAs())];

  it.each<[string, () => Promise<unknown>]>([
    ['who was removed', () => remove(member)],
    ['who left', () => mutate(service, member, 'members.leave')],
    ['who is disabled', () => disable(member, true)],
    [
      'whom the version before removed',
      () =>
        service.running.service.stores.database.db
          .update(memberships)
          .set({ removedAt: new Date() })
          .where(eq(memberships.userId, member.userId)),
    ],
  ])('%s is shown as the gate decides', async (_, end) => {
    expect(await seen()).toEqual(['active', 'active']);
    await end();
    service.running.service.stores.credentials.changed({ user: member.userId });
    expect(await seen()).toEqual(['disabled', 'disabled']);
    expect((await query(service, key, 'exemple')).reason).toBe('KEY_DISABLED');
  });

  it('who was disabled works again when they are enabled', async () => {
    await disable(member, true);
    await disable(member, false);
    expect(await seen()).toEqual(['active', 'active']);
    expect((await query(service, key, 'exemple')).status).toBe(200);
  });

  it('of a removed person stays disabled after an invitation, until they enable it', async () => {
    await remove(member);
    await joined(service, ada, member);
    expect(await seen()).toEqual(['disabled', 'disabled']);
    const on = { id: key.id, enabled: true };
    for (const who of [ada, admin])
      expect((await mutate(service, who, 'keys.update', on)).reason).toBe('ESCALATION_DENIED');
    const again = await signInAgain(service, member);
    await mutate(service, again, 'workspaces.select', { id: await activeOf(service, ada) });
    expect((await mutate(service, again, 'keys.update', on)).status).toBe(200);
    expect((await query(service, key, 'exemple')).status).toBe(200);
  });

  it('of a person whom an older version removed stays disabled too', async () => {
    const { db } = service.running.service.stores.database;
    await db.update(memberships).set({ removedAt: new Date() }).where(eq(memberships.userId, member.userId));
    service.running.service.stores.credentials.changed({ user: member.userId });
    await joined(service, ada, member);
    expect((await query(service, key, 'exemple')).reason).toBe('KEY_DISABLED');
  });
});

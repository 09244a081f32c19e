import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setUserDisabled } from '../../server/membership/users.ts';
import type { Role } from '../../shared/roles.ts';
import { callPublic, createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { activeOf, invite, joined, newMember, rolesIn, workspacesOf } from '../harness/teams.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());
// Each test has a workspace of its own, which Ada owns.
beforeEach(async () => {
  ada = await signUp(service);
});

const reasonOf = async (who: Person, name: string, input?: unknown) =>
  (await mutate(service, who, name, input)).reason;

describe('members.list', () => {
  it('lists every member of the workspace, page by page', async () => {
    const others = [await newMember(service, ada, 'viewer'), await newMember(service, ada, 'admin')];
    const pages = [];
    let cursor: string | null | undefined;
    do {
      const { data } = (
        await query(service, ada, 'members.list', { limit: 2, ...(cursor ? { cursor } : {}) })
      ).json.result;
      pages.push(data.items);
      cursor = data.nextCursor;
    } while (cursor);
    expect(pages.map((page) => page.length)).toEqual([2, 1]);
    const [viewer, admin] = others as [Person, Person];
    const roles = { [ada.userId]: 'owner', [viewer.userId]: 'viewer', [admin.userId]: 'admin' };
    expect(Object.fromEntries(pages.flat().map((one) => [one.userId, one.role]))).toEqual(roles);
    expect(pages.flat().find(({ userId }) => userId === viewer.userId)).toEqual({
      userId: viewer.userId,
      email: viewer.email,
      name: viewer.email.split('@')[0],
      role: 'viewer',
      disabled: false,
      joinedAt: expect.stringMatching(/Z$/),
    });
  });
});

/** Who may do what to whom: no caller reaches above their own role, and a manager reaches everything below. */
const REACH: [by: Role, whom: Role, becomes: Role | null, reason: string | undefined][] = [
  ['owner', 'owner', 'viewer', undefined],
  ['owner', 'admin', null, undefined],
  ['owner', 'viewer', 'owner', undefined],
  ['admin', 'viewer', 'admin', undefined],
  ['admin', 'admin', 'viewer', undefined],
  ['admin', 'developer', null, undefined],
  ['admin', 'owner', 'admin', 'ESCALATION_DENIED'],
  ['admin', 'owner', null, 'ESCALATION_DENIED'],
  ['admin', 'viewer', 'owner', 'ESCALATION_DENIED'],
  ['admin', 'admin', 'owner', 'ESCALATION_DENIED'],
  ['developer', 'viewer', 'developer', 'PERMISSION_DENIED'],
  ['viewer', 'viewer', null, 'PERMISSION_DENIED'],
];

describe('members.setRole and members.remove', () => {
  it.each(REACH)('by an %s to an %s, who would be %s: %s', async (by, whom, becomes, reason) => {
    const actor = by === 'owner' ? ada : await newMember(service, ada, by);
    const member = await newMember(service, ada, whom);
    const { userId } = member;
    const said =
      becomes === null
        ? await mutate(service, actor, 'members.remove', { userId })
        : await mutate(service, actor, 'members.setRole', { userId, role: becomes });
    expect(said.reason).toBe(reason);
    const after = reason === undefined ? (becomes ?? undefined) : whom;
    expect((await rolesIn(service, ada))[userId]).toBe(after);
  });

  it("refuse to raise the caller's own role", async () => {
    const admin = await newMember(service, ada, 'admin');
    const answer = await mutate(service, admin, 'members.setRole', { userId: admin.userId, role: 'owner' });
    expect([answer.reason, answer.json.error.data.missing]).toEqual(['ESCALATION_DENIED', 'owner']);
  });

  it('give a new role that applies from the next request on, to the member and their keys', async () => {
    const member = await newMember(service, ada, 'viewer');
    const { userId } = member;
    expect(await reasonOf(member, 'keys.revoke', { id: 'none' })).toBe('PERMISSION_DENIED');
    await mutate(service, ada, 'members.setRole', { userId, role: 'developer' });
    const key = await createKey(service, member, { permissions: ['echo:write'] });
    expect((await mutate(service, key, 'echo', { text: 'x' })).status).toBe(200);
    await mutate(service, ada, 'members.setRole', { userId, role: 'viewer' });
    expect((await mutate(service, key, 'echo', { text: 'x' })).reason).toBe('PERMISSION_DENIED');
  });

  it('refuse a person who left, and an unknown role', async () => {
    const { userId } = await newMember(service, ada, 'viewer');
    expect(await reasonOf(ada, 'members.setRole', { userId, role: 'king' })).toBe('INPUT_INVALID');
    await mutate(service, ada, 'members.remove', { userId });
    expect(await reasonOf(ada, 'members.remove', { userId })).toBe('MEMBER_NOT_FOUND');
    expect(await reasonOf(ada, 'members.setRole', { userId, role: 'viewer' })).toBe('MEMBER_NOT_FOUND');
  });

  it('let a removed person join again by invitation only, and enable their keys', async () => {
    const eve = await newMember(service, ada, 'developer');
    const key = await createKey(service, eve);
    await mutate(service, ada, 'members.remove', { userId: eve.userId });
    expect((await query(service, key, 'exemple')).reason).toBe('KEY_DISABLED');
    const id = await activeOf(service, ada);
    expect(await reasonOf(eve, 'workspaces.select', { id })).toBe('WORKSPACE_NOT_FOUND');
    await joined(service, ada, eve, 'developer');
    // They do not come back with the membership: no other person can enable them either.
    expect((await query(service, key, 'exemple')).reason).toBe('KEY_DISABLED');
    expect(await reasonOf(ada, 'keys.update', { id: key.id, enabled: true })).toBe('ESCALATION_DENIED');
    expect(await reasonOf(eve, 'keys.update', { id: key.id, enabled: true })).toBeUndefined();
    expect((await query(service, key, 'exemple')).status).toBe(200);
  });
});

describe('the last owner', () => {
  it('cannot leave, be demoted or be removed', async () => {
    await newMember(service, ada, 'admin');
    const { userId } = ada;
    expect(await reasonOf(ada, 'members.leave')).toBe('CONFLICT');
    expect(await reasonOf(ada, 'members.remove', { userId })).toBe('CONFLICT');
    expect(await reasonOf(ada, 'members.setRole', { userId, role: 'admin' })).toBe('CONFLICT');
    expect(await reasonOf(ada, 'members.setRole', { userId, role: 'owner' })).toBeUndefined();
  });

  it('cannot leave while the only other owner is disabled', async () => {
    const { userId } = await newMember(service, ada, 'owner');
    await setUserDisabled(service.running.service.stores, userId, true);
    expect(await reasonOf(ada, 'members.leave')).toBe('CONFLICT');
    await setUserDisabled(service.running.service.stores, userId, false);
    expect(await reasonOf(ada, 'members.leave')).toBeUndefined();
  });

  it.each([1, 2, 3, 4, 5])(
    'is left over where two owners take each other out at once, round %d',
    async () => {
      const other = await newMember(service, ada, 'owner');
      const witness = await newMember(service, ada, 'viewer');
      const reasons = await Promise.all([
        reasonOf(ada, 'members.setRole', { userId: other.userId, role: 'viewer' }),
        reasonOf(other, 'members.remove', { userId: ada.userId }),
      ]);
      // The second learns that it has lost the permission, or the membership.
      expect(reasons.filter((reason) => reason === undefined)).toHaveLength(1);
      expect(reasons.filter((reason) => /^(PERMISSION|WORKSPACE)_DENIED$/.test(reason ?? ''))).toHaveLength(
        1,
      );
      expect(Object.values(await rolesIn(service, witness)).filter((role) => role === 'owner')).toHaveLength(
        1,
      );
    },
  );

  it('remains if all owners leave at once', async () => {
    const owners = [ada];
    for (let n = 0; n < 4; n++) owners.push(await newMember(service, ada, 'owner'));
    const witness = await newMember(service, ada, 'viewer');
    const reasons = await Promise.all(owners.map((owner) => reasonOf(owner, 'members.leave')));
    expect(reasons.filter((reason) => reason === 'CONFLICT')).toHaveLength(1);
    expect(Object.values(await rolesIn(service, witness)).filter((role) => role === 'owner')).toHaveLength(1);
  });
});

describe('members.leave', () => {
  it('lets a person without a workspace select, create or join another', async () => {
    const eve = await newMember(service, ada, 'developer');
    expect(await reasonOf(eve, 'members.leave')).toBeUndefined();
    expect(await reasonOf(eve, 'members.leave')).toBe('WORKSPACE_DENIED');
    expect((await query(service, eve, 'keys.list')).reason).toBe('WORKSPACE_DENIED');
    expect((await query(service, eve, 'whoami')).reason).toBe('WORKSPACE_DENIED');
    expect(await workspacesOf(service, eve)).toEqual([]);
    const { id } = (await mutate(service, eve, 'workspaces.create', { name: 'Mine' })).json.result.data;
    await mutate(service, eve, 'workspaces.select', { id });
    expect((await query(service, eve, 'whoami')).json.result.data.workspace).toEqual({
      id,
      name: 'Mine',
      role: 'owner',
    });
  });
});

it('a removal that races a change of role leaves no role', async () => {
  for (let round = 0; round < 5; round++) {
    const admin = await newMember(service, ada, 'admin');
    const { userId } = await newMember(service, ada, 'viewer');
    await Promise.all([
      mutate(service, ada, 'members.remove', { userId }),
      mutate(service, admin, 'members.setRole', { userId, role: 'admin' }),
      mutate(service, ada, 'members.setRole', { userId, role: 'developer' }),
    ]);
    expect((await rolesIn(service, ada))[userId]).toBeUndefined();
  }
});

it('calls of a member that are pending at the removal change nothing after it', async () => {
  const eve = await newMember(service, ada, 'admin');
  const calls = Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      n % 2
        ? mutate(service, eve, 'invitations.create', { email: `x${n}-${eve.email}`, role: 'admin' })
        : mutate(service, eve, 'keys.create', {
            ...{ name: 'Kept', environment: 'live', permissions: ['exemple:read'], service: n % 4 === 0 },
          }),
    ),
  );
  await mutate(service, ada, 'members.remove', { userId: eve.userId });
  const after = await mutate(service, eve, 'invitations.create', { email: eve.email, role: 'admin' });
  expect(after.reason).toBe('WORKSPACE_DENIED');
  const invitedBefore = await calls;
  // An invitation that was made in time ends with the right of its maker.
  for (const { json } of invitedBefore.filter(({ json }) => json.result?.data.token)) {
    const invitationToken = json.result.data.token;
    const { email } = json.result.data.invitation;
    const input = { email, password: 'correct horse battery', invitationToken };
    expect((await callPublic(service, 'auth.signUp', input)).reason).toBe('INVITATION_INVALID');
  }
  expect((await query(service, ada, 'invitations.list')).json.result.data.items).toEqual([]);
  expect((await rolesIn(service, ada))[eve.userId]).toBeUndefined();
  expect(await invite(service, ada, eve.email)).toMatch(/^ksi_/);
});

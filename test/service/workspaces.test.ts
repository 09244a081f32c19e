import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertWorkspace } from '../../server/membership/workspaces.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { activeOf, invite, joined, newMember, signInAgain, workspacesOf } from '../harness/teams.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  ada = await signUp(service);
});

const dataOf = async (who: Person, name: string, input?: unknown) =>
  (await mutate(service, who, name, input)).json.result?.data;

describe('workspaces.create', () => {
  it('creates a workspace that its creator owns, and does not move the session', async () => {
    const made = await dataOf(ada, 'workspaces.create', { name: 'Second' });
    expect(made).toMatchObject({ name: 'Second', role: 'owner', active: false });
    const all = await workspacesOf(service, ada);
    expect(all.map(({ name, active }) => [name, active])).toEqual([
      [ada.email.split('@')[0], true],
      ['Second', false],
    ]);
  });

  it.each(['', '  ', 'x'.repeat(101), 'a\u0000b', 'a\u0007b'])('refuses the name %j', async (name) => {
    expect((await mutate(service, ada, 'workspaces.create', { name })).reason).toBe('INPUT_INVALID');
    expect((await mutate(service, ada, 'workspaces.rename', { name })).reason).toBe('INPUT_INVALID');
  });

  it('creates at most a hundred for one person', async () => {
    const { db } = service.running.service.stores.database;
    for (let n = 1; n < 100; n++) await insertWorkspace(db, `No. ${n}`, ada.userId, new Date());
    expect((await mutate(service, ada, 'workspaces.create', { name: 'One more' })).reason).toBe('CONFLICT');
    expect(await workspacesOf(service, ada)).toHaveLength(100);
  });
});

describe('workspaces.select', () => {
  it('moves the session from the next request on, and no other session', async () => {
    const { id } = await dataOf(ada, 'workspaces.create', { name: 'Second' });
    const elsewhere = await signInAgain(service, ada);
    const before = await createKey(service, ada);
    expect(await dataOf(ada, 'workspaces.select', { id })).toMatchObject({ id, active: true });
    expect((await query(service, ada, 'whoami')).json.result.data.workspace.id).toBe(id);
    expect((await query(service, ada, 'keys.get', { id: before.id })).reason).toBe('KEY_NOT_FOUND');
    expect((await query(service, elsewhere, 'keys.get', { id: before.id })).status).toBe(200);
    const key = await createKey(service, ada);
    expect((await query(service, key, 'whoami')).json.result.data.workspace.id).toBe(id);
  });

  it('does not carry a role over', async () => {
    const bob = await signUp(service);
    await joined(service, bob, ada, 'viewer');
    expect((await mutate(service, ada, 'keys.revoke', { id: 'none' })).reason).toBe('PERMISSION_DENIED');
  });
});

describe('workspaces.rename', () => {
  it('changes its name', async () => {
    expect(await dataOf(ada, 'workspaces.rename', { name: 'Renamed' })).toMatchObject({ name: 'Renamed' });
    expect((await query(service, ada, 'whoami')).json.result.data.workspace.name).toBe('Renamed');
  });
});

describe('workspaces.get and workspaces.delete', () => {
  it('list what is deleted with the workspace, before and after', async () => {
    await newMember(service, ada, 'viewer');
    await invite(service, ada, 'somebody@example.com');
    await createKey(service, ada);
    await createKey(service, ada, { service: true });
    await mutate(service, ada, 'keys.revoke', { id: (await createKey(service, ada)).id });
    const { data } = (await query(service, ada, 'workspaces.get')).json.result;
    const contents = { members: 2, keys: 2, serviceKeys: 1, invitations: 1 };
    expect(data).toMatchObject({ name: ada.email.split('@')[0], role: 'owner', active: true, ...contents });
    expect(await dataOf(ada, 'workspaces.delete', { name: data.name })).toEqual({ id: data.id, ...contents });
  });

  it('require the exact name', async () => {
    const [workspace] = await workspacesOf(service, ada);
    for (const name of ['', 'another', workspace?.name.toUpperCase()])
      expect((await mutate(service, ada, 'workspaces.delete', { name })).reason).toBe('CONFLICT');
    expect((await query(service, ada, 'keys.list')).status).toBe(200);
  });

  it('remove everything at once, and leave each person their other workspaces', async () => {
    const bob = await signUp(service);
    await joined(service, ada, bob);
    const key = await createKey(service, bob);
    const machine = await createKey(service, ada, { service: true });
    const [workspace] = await workspacesOf(service, ada);
    await dataOf(ada, 'workspaces.delete', { name: workspace?.name });
    for (const gone of [key, machine])
      expect((await query(service, gone, 'exemple')).reason).toBe('KEY_REVOKED');
    for (const person of [ada, bob]) {
      expect((await query(service, person, 'keys.list')).reason).toBe('WORKSPACE_DENIED');
      expect((await mutate(service, person, 'workspaces.select', { id: workspace?.id })).reason).toBe(
        'WORKSPACE_NOT_FOUND',
      );
    }
    expect(await workspacesOf(service, ada)).toEqual([]);
    expect((await workspacesOf(service, bob)).map(({ active }) => active)).toEqual([false]);
    // A new sign-in acts in a workspace of the person.
    expect(await activeOf(service, await signInAgain(service, bob))).not.toBe('');
    expect((await query(service, await signInAgain(service, ada), 'keys.list')).reason).toBe(
      'WORKSPACE_DENIED',
    );
  });

  it('leave no key that was being created in the meantime', async () => {
    const [workspace] = await workspacesOf(service, ada);
    const making = Array.from({ length: 12 }, (_, n) =>
      mutate(service, ada, 'keys.create', {
        ...{ name: 'Late', environment: 'live', permissions: ['exemple:read'], service: n % 2 === 0 },
      }),
    );
    await dataOf(ada, 'workspaces.delete', { name: workspace?.name });
    for (const { json } of await Promise.all(making)) {
      if (!json.result) continue;
      const { key, secret: apiKey, signingSecret } = json.result.data;
      expect((await query(service, { id: key.id, apiKey, signingSecret }, 'exemple')).reason).toBe(
        'KEY_REVOKED',
      );
    }
  });
});

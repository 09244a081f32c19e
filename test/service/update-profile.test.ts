import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { users } from '../../drizzle/schema/accounts.ts';
import { recordsOf, verifyChain } from '../harness/audit-chain.ts';
import { callPublic, createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { activeOf, joined } from '../harness/teams.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  ada = await signUp(service);
});

const rename = (who: Person, name: unknown) => mutate(service, who, 'auth.updateProfile', { name });
const nameOf = async (who: Person) => (await query(service, who, 'whoami')).json.result.data.user.name;

describe('auth.updateProfile', () => {
  it("changes the caller's name, which every member sees at once", async () => {
    const { user } = (await rename(ada, 'Ada Lovelace')).json.result.data;
    expect(user).toEqual({
      ...{ id: ada.userId, email: ada.email, name: 'Ada Lovelace' },
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(await nameOf(ada)).toBe('Ada Lovelace');
    const { items } = (await query(service, ada, 'members.list')).json.result.data;
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['Ada Lovelace']);
    const { email, password } = ada;
    const again = await callPublic(service, 'auth.signIn', { email, password });
    expect(again.json.result.data.user).toEqual(user);
  });

  it('leaves sessions, workspaces and other persons unchanged', async () => {
    const bob = await signUp(service);
    const [before, workspace] = [await nameOf(bob), await activeOf(service, ada)];
    await rename(ada, 'Ada');
    expect([await nameOf(bob), await activeOf(service, ada)]).toEqual([before, workspace]);
    const { email } = (await query(service, ada, 'whoami')).json.result.data.user;
    expect(email).toBe(ada.email);
  });

  it.each(['', '   ', 'x'.repeat(101), 'a\nb', 'a\0b', null, 7, undefined])(
    'refuses the name %j',
    async (name) => {
      const before = await nameOf(ada);
      expect((await rename(ada, name)).reason).toBe('INPUT_INVALID');
      expect(await nameOf(ada)).toBe(before);
    },
  );

  it('changes no other field, and no other person', async () => {
    const bob = await signUp(service);
    for (const more of [
      { email: 'eve@example.com' },
      { id: bob.userId },
      { userId: bob.userId },
      { role: 'owner' },
    ])
      expect((await mutate(service, ada, 'auth.updateProfile', { name: 'Eve', ...more })).reason).toBe(
        'INPUT_INVALID',
      );
  });

  it.each(['<script>alert(1)</script>', 'Cle\u0301\u200f', "'; drop table users; --", '名'])(
    'keeps the name %j as it is',
    async (name) => {
      expect((await rename(ada, name)).json.result.data.user.name).toBe(name);
      expect(await nameOf(ada)).toBe(name);
    },
  );

  it('refuses keys', async () => {
    const key = await createKey(service, ada, { permissions: ['keys:*', 'members:*', 'workspaces:*'] });
    expect((await mutate(service, key, 'auth.updateProfile', { name: 'Key' })).reason).toBe('ACCESS_DENIED');
    const both = { ...key, token: ada.token };
    expect((await mutate(service, both, 'auth.updateProfile', { name: 'Key' })).reason).toBe('ACCESS_DENIED');
  });

  it('is recorded in each workspace of the person, without the name, and only if it changes', async () => {
    const bob = await signUp(service);
    const own = await activeOf(service, bob);
    await joined(service, ada, bob, 'viewer');
    for (const name of ['Robert the Bob', 'Robert the Bob', 'Robert the Bob']) await rename(bob, name);
    for (const workspaceId of [own, await activeOf(service, ada)]) {
      const records = await recordsOf(service, workspaceId);
      const found = records.filter(({ action }) => action === 'auth.updateProfile');
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ actorId: bob.userId, subject: bob.userId });
      expect(found[0]?.before).toEqual({});
      expect(Object.keys(found[0]?.after ?? {})).toEqual(['nameChangedAt']);
      expect(JSON.stringify(records)).not.toContain('Robert');
    }
    expect((await verifyChain(service, ada)).verified).toBe(true);
  });

  it('S7: fills no audit log: beyond a burst it is refused, and other changes of the account are not', async () => {
    const bob = await signUp(service);
    await joined(service, ada, bob, 'viewer');
    const answers = [];
    for (let n = 0; n < 50; n++) answers.push(await rename(bob, `Bob ${n}`));
    const changed = answers.filter(({ status }) => status === 200).length;
    expect(changed).toBeGreaterThanOrEqual(30);
    // A slow machine earns a few more meanwhile.
    expect(changed).toBeLessThan(45);
    const refused = answers.find(({ status }) => status !== 200);
    expect([refused?.status, refused?.reason]).toEqual([429, 'RATE_LIMITED']);
    expect(refused?.headers['retry-after']).toBeDefined();
    const records = await recordsOf(service, await activeOf(service, ada));
    expect(records.filter(({ action }) => action === 'auth.updateProfile')).toHaveLength(changed);
    expect((await rename(ada, 'Another person')).status).toBe(200);
    const change = { currentPassword: bob.password, newPassword: 'another long passphrase of Bob' };
    expect((await mutate(service, bob, 'auth.changePassword', change)).status).toBe(200);
  });

  it('does not restore the name of a deleted account', async () => {
    let over = false;
    const deleted = mutate(service, ada, 'auth.deleteAccount', { password: ada.password }).finally(() => {
      over = true;
    });
    const renamed = [];
    while (!over) {
      const some = Array.from({ length: 4 }, (_, n) => rename(ada, `Ada ${renamed.length + n}`));
      renamed.push(...(await Promise.all(some)).map(({ status, reason }) => reason ?? status));
    }
    expect((await deleted).status).toBe(200);
    expect(new Set(renamed)).toContain(200);
    const { db } = service.running.service.stores.database;
    const [row] = await db.select().from(users).where(eq(users.id, ada.userId));
    expect(row?.name).toBe('Deleted');
  });
});

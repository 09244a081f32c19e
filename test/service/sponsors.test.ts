import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { memberships } from '../../drizzle/schema/memberships.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import { OpenStreams } from '../../server/http/streams/open-streams.ts';
import { setUserDisabled } from '../../server/membership/users.ts';
import {
  endFormerOwnersSponsorships,
  fillInSponsors,
} from '../../server/stores/credentials/sponsor-upkeep.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { activeOf, joined, newMember } from '../harness/teams.ts';
import type { Credentials } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const UNSPONSORED = 'unsponsored';

/** The widest group that pays for a key. */
async function payerOf(on: TestService, { id }: Pick<Credentials, 'id'>): Promise<string | undefined> {
  return (await on.running.service.stores.credentials.key(id))?.payer[0];
}

/** A workspace with another owner, and a service key of it. */
async function workspaceOfTwo() {
  const [founder, other] = [await signUp(service), await signUp(service)];
  const key = await createKey(service, founder, { service: true });
  await joined(service, founder, other, 'owner');
  return { founder, other, key };
}

/** Calls with a key, so that its record is read again if it has changed. */
const called = async (on: TestService, key: Credentials) =>
  expect((await query(on, key, 'exemple')).status).toBe(200);

const leave = (person: Person) => mutate(service, person, 'members.leave');
const sponsor = (person: Person) => mutate(service, person, 'workspaces.sponsor');

/** The newest record of the workspace that a person acts in. */
const lastRecord = async (person: Person) =>
  (await query(service, person, 'audit.list', { limit: 1 })).json.result.data.items[0];

type Two = Awaited<ReturnType<typeof workspaceOfTwo>>;
const WAYS_OUT: readonly [string, (two: Two) => Promise<{ status: number }>][] = [
  ['leaves', ({ founder }) => leave(founder)],
  [
    'is removed',
    ({ founder, other }) => mutate(service, other, 'members.remove', { userId: founder.userId }),
  ],
  [
    'is no longer an owner',
    ({ founder, other }) =>
      mutate(service, other, 'members.setRole', { userId: founder.userId, role: 'developer' }),
  ],
  [
    'deletes their account',
    ({ founder }) => mutate(service, founder, 'auth.deleteAccount', { password: founder.password }),
  ],
];

describe('F11: no person becomes a sponsor by actions of others', () => {
  it('not a viewer whom the leaving sponsor made an owner', async () => {
    const [attacker, victim] = [await signUp(service), await signUp(service)];
    await joined(service, attacker, victim, 'viewer');
    const sock = await newMember(service, attacker, 'developer');
    const key = await createKey(service, sock);
    const promoted = { userId: victim.userId, role: 'owner' };
    expect((await mutate(service, attacker, 'members.setRole', promoted)).status).toBe(200);
    expect((await leave(attacker)).status).toBe(200);
    await called(service, key);
    expect(await payerOf(service, key)).toBe(UNSPONSORED);
    expect(await payerOf(service, await createKey(service, victim))).toBe(UNSPONSORED);
  });

  it.each(WAYS_OUT)('not an owner who stays when the sponsor %s, on any instance', async (_, ends) => {
    const other = inject('database') === 'postgres' ? await sibling(service) : null;
    try {
      const two = await workspaceOfTwo();
      const instances = other ? [service, other] : [service];
      for (const each of instances) {
        await called(each, two.key);
        expect(await payerOf(each, two.key)).toBe(two.founder.userId);
      }
      expect((await ends(two)).status).toBe(200);
      for (const each of instances) {
        await called(each, two.key);
        expect(await payerOf(each, two.key)).toBe(UNSPONSORED);
      }
    } finally {
      await other?.stop();
    }
  });

  it('not a later owner of a workspace of an older version, whose creator has left', async () => {
    const { founder, other, key } = await workspaceOfTwo();
    const { database } = service.running.service.stores;
    const id = await activeOf(service, other);
    await leave(founder);
    await database.db.update(workspaces).set({ sponsorId: null }).where(eq(workspaces.id, id));
    await fillInSponsors(database);
    const [row] = await database.db.select().from(workspaces).where(eq(workspaces.id, id));
    expect(row?.sponsorId).toBe(UNSPONSORED);
    expect(key.id).toBeTruthy();
  });
});

describe('F11: the audit log shows who no longer sponsors a workspace', () => {
  it.each(WAYS_OUT)('if the sponsor %s', async (_, ends) => {
    const two = await workspaceOfTwo();
    expect((await ends(two)).status).toBe(200);
    expect(await lastRecord(two.other)).toMatchObject({
      before: { sponsorId: two.founder.userId },
      after: { sponsorId: null },
    });
  });

  it('and says nothing of it if an owner leaves who did not sponsor it', async () => {
    const { founder, other } = await workspaceOfTwo();
    expect((await leave(other)).status).toBe(200);
    expect(await lastRecord(founder)).toMatchObject({
      action: 'members.leave',
      before: { removedAt: null },
    });
    expect((await lastRecord(founder)).before).not.toHaveProperty('sponsorId');
  });
});

describe('F11: workspaces without a sponsor', () => {
  it('share one share: many of them take no more than one person', async () => {
    const streams = new OpenStreams(15);
    const own = await signUp(service);
    const honest = await createKey(service, own);
    const open = async ({ id }: Pick<Credentials, 'id'>) => {
      const key = await service.running.service.stores.credentials.key(id);
      if (!key) throw new Error(`no key ${id}`);
      const caller = {
        ...{ kind: 'key' as const, key, pair: { secretHash: key.secretHash, previous: false } },
        ...{ workspaceId: key.workspaceId, user: null },
      };
      let opened = 0;
      try {
        for (; opened < 1_000; opened++) streams.take(caller, null);
      } catch {
        // The share is used up.
      }
      return opened;
    };
    let total = 0;
    for (let n = 0; n < 12; n++) {
      const { founder, key, other } = await workspaceOfTwo();
      const keys = [key, await createKey(service, other, { service: true })];
      await leave(founder);
      for (const each of keys) {
        await called(service, each);
        total += await open(each);
      }
    }
    expect(total).toBeLessThanOrEqual(2_000);
    expect(await open(honest)).toBe(100);
  });

  it('get a sponsor if an owner agrees, on every instance', async () => {
    const other = inject('database') === 'postgres' ? await sibling(service) : null;
    try {
      const two = await workspaceOfTwo();
      await leave(two.founder);
      const instances = other ? [service, other] : [service];
      for (const each of instances) await called(each, two.key);
      const admin = await newMember(service, two.other, 'admin');
      expect(await sponsor(admin)).toMatchObject({ status: 403, reason: 'PERMISSION_DENIED' });
      expect((await query(service, admin, 'workspaces.get')).json.result.data.sponsorId).toBeNull();
      expect((await sponsor(two.other)).status).toBe(200);
      expect((await query(service, admin, 'workspaces.get')).json.result.data.sponsorId).toBe(
        two.other.userId,
      );
      for (const each of instances) {
        await called(each, two.key);
        expect(await payerOf(each, two.key)).toBe(two.other.userId);
      }
    } finally {
      await other?.stop();
    }
  });

  it('get one if an older version removed their sponsor from the owners', async () => {
    const { founder, other, key } = await workspaceOfTwo();
    await service.running.service.stores.database.db
      .update(memberships)
      .set({ removedAt: new Date() })
      .where(eq(memberships.userId, founder.userId));
    expect((await sponsor(other)).status).toBe(200);
    await called(service, key);
    expect(await payerOf(service, key)).toBe(other.userId);
  });

  it('lose a sponsor whom an older version removed from the owners, on every instance', async () => {
    const elsewhere = inject('database') === 'postgres' ? await sibling(service) : null;
    try {
      const { founder, other, key } = await workspaceOfTwo();
      const instances = elsewhere ? [service, elsewhere] : [service];
      for (const each of instances) await called(each, key);
      const { stores } = service.running.service;
      await stores.database.db
        .update(memberships)
        .set({ removedAt: new Date() })
        .where(eq(memberships.userId, founder.userId));
      await endFormerOwnersSponsorships(stores);
      for (const each of instances) {
        await called(each, key);
        expect(await payerOf(each, key)).toBe(UNSPONSORED);
      }
      expect(await lastRecord(other)).toMatchObject({
        ...{ action: 'workspaces.endSponsorship', actor: { kind: 'system', id: null } },
        ...{ before: { sponsorId: founder.userId }, after: { sponsorId: null } },
      });
    } finally {
      await elsewhere?.stop();
    }
  });

  it('keep a sponsor whose account is disabled, until another owner agrees', async () => {
    const { founder, other, key } = await workspaceOfTwo();
    const { stores } = service.running.service;
    await setUserDisabled(stores, founder.userId, true);
    await endFormerOwnersSponsorships(stores);
    await called(service, key);
    expect(await payerOf(service, key)).toBe(founder.userId);
    expect((await sponsor(other)).status).toBe(200);
    await called(service, key);
    expect(await payerOf(service, key)).toBe(other.userId);
    expect(await lastRecord(other)).toMatchObject({
      before: { sponsorId: founder.userId },
      after: { sponsorId: other.userId },
    });
    // Nothing comes back with the account.
    await setUserDisabled(stores, founder.userId, false);
    await called(service, key);
    expect(await payerOf(service, key)).toBe(other.userId);
  });

  it('keep their sponsor: another owner cannot take a workspace out of its share', async () => {
    const { founder, other } = await workspaceOfTwo();
    expect(await sponsor(other)).toMatchObject({ status: 409, reason: 'CONFLICT' });
    expect((await sponsor(founder)).status).toBe(200);
  });

  it('get one sponsor of two owners who agree at once', async () => {
    const { founder, other } = await workspaceOfTwo();
    const third = await signUp(service);
    await joined(service, founder, third, 'owner');
    await leave(founder);
    const answers = await Promise.all([sponsor(other), sponsor(third)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

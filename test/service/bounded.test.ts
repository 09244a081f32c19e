import { and, eq, isNull, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passwordResets, sessions } from '../../drizzle/schema/accounts.ts';
import { invitations } from '../../drizzle/schema/memberships.ts';
import { deleteEnded } from '../../server/app/retention.ts';
import { deleteOldIdempotencyKeys } from '../../server/keys/idempotency.ts';
import { dbOf, recordsOf } from '../harness/audit-chain.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { activeOf, invite, newAddress, newMember, signInAgain } from '../harness/teams.ts';

const DAY_MS = 24 * 3_600_000;
const MAX_SESSIONS = 100;

let service: TestService;
let now = Date.now();

beforeAll(async () => {
  service = await startTestService({ clock: () => now });
});
afterAll(() => service.stop());

const stores = () => service.running.service.stores;
const db = () => dbOf(service);
const reasonOf = async (who: Person) => (await query(service, who, 'whoami')).reason;

/** Sessions of a person that no client has: each was refreshed a second before the one before it. */
async function fill({ userId, id }: Person, count: number): Promise<void> {
  await db().execute(sql`
    insert into sessions (id, user_id, workspace_id, signing_sealed, signing_version, refreshed_at, expires_at)
    select 'ses_' || lpad(n::text, 12, '0') || ${userId}, user_id, workspace_id, 'nobody''s', 1,
      refreshed_at - n * interval '1 second', expires_at
    from sessions, generate_series(1, ${count}) n where id = ${id}`);
}

const live = (userId: string) =>
  db().$count(sessions, and(eq(sessions.userId, userId), isNull(sessions.endedAt)));

describe('the sessions of one person', () => {
  it('are at most a hundred: a sign-in ends the longest idle one, and records it', async () => {
    const ada = await signUp(service);
    const idlest = await signInAgain(service, ada);
    await fill(ada, MAX_SESSIONS - 2);
    expect(await live(ada.userId)).toBe(MAX_SESSIONS);
    await db()
      .update(sessions)
      .set({ refreshedAt: new Date(now - DAY_MS) })
      .where(eq(sessions.id, idlest.id));
    expect(await reasonOf(idlest)).toBe(undefined);
    const begun = await signInAgain(service, ada);
    expect(await live(ada.userId)).toBe(MAX_SESSIONS);
    expect([await reasonOf(idlest), await reasonOf(ada), await reasonOf(begun)]).toEqual([
      'SESSION_ENDED',
      undefined,
      undefined,
    ]);
    const [ended, signedIn] = (await recordsOf(service, await activeOf(service, ada))).slice(-2);
    expect(ended).toMatchObject({
      ...{ action: 'auth.signIn', subject: idlest.id, before: { endedAt: null } },
      after: { endedAt: new Date(now).toISOString(), reason: 'too many sessions' },
    });
    expect(signedIn).toMatchObject({ action: 'auth.signIn', subject: begun.id, before: null });
    expect((await query(service, begun, 'sessions.list')).json.result.data.items).toHaveLength(MAX_SESSIONS);
  });

  it('are at most a hundred after concurrent sign-ins', async () => {
    const ada = await signUp(service);
    await fill(ada, MAX_SESSIONS - 1);
    await Promise.all(Array.from({ length: 6 }, () => signInAgain(service, ada)));
    expect(await live(ada.userId)).toBe(MAX_SESSIONS);
  });

  it('that exceed the bound become fewer with each sign-in, and no sign-in is refused', async () => {
    const ada = await signUp(service);
    await fill(ada, 2 * MAX_SESSIONS + 49);
    for (const left of [MAX_SESSIONS + 51, MAX_SESSIONS, MAX_SESSIONS]) {
      await signInAgain(service, ada);
      expect(await live(ada.userId)).toBe(left);
    }
  });
});

describe('data that ended long ago', () => {
  it('is deleted thirty days later: sessions, invitations and password links', async () => {
    const ada = await signUp(service);
    const workspace = await activeOf(service, ada);
    const over = await signInAgain(service, ada);
    await mutate(service, over, 'auth.signOut');
    const bob = await newMember(service, ada, 'developer');
    await invite(service, ada, newAddress());
    expect((await mutate(service, ada, 'auth.createReset', { userId: bob.userId })).status).toBe(200);

    const left = async () => [
      await db().$count(sessions, eq(sessions.userId, ada.userId)),
      await db().$count(invitations, eq(invitations.workspaceId, workspace)),
      await db().$count(passwordResets, eq(passwordResets.userId, bob.userId)),
    ];
    const leftAfter = async (days: number) => {
      const then = now;
      now += days * DAY_MS;
      await deleteEnded(stores());
      now = then;
      return left();
    };
    expect(await leftAfter(0)).toEqual([2, 2, 1]);
    expect(await leftAfter(29)).toEqual([2, 2, 1]);
    expect(await reasonOf(over)).toBe('SESSION_ENDED');
    // The one that was signed out of has been over for 31 days, and the link, valid for a day, for 30.
    expect(await leftAfter(31.1)).toEqual([1, 2, 0]);
    expect(await reasonOf(over)).toBe('SIGNATURE_INVALID');
    expect(await reasonOf(ada)).toBe(undefined);
    expect(await leftAfter(37.1)).toEqual([1, 0, 0]);
    // Ninety days after it began a session is over in any case.
    expect(await leftAfter(119)).toEqual([1, 0, 0]);
    expect(await leftAfter(120.1)).toEqual([0, 0, 0]);
  });

  it('is deleted completely, in parts', async () => {
    const ada = await signUp(service);
    await fill(ada, 12_000);
    await db().execute(sql`update sessions set ended_at = '2020-01-01' where signing_sealed = 'nobody''s'`);
    await deleteEnded(stores());
    expect(await db().$count(sessions, eq(sessions.userId, ada.userId))).toBe(1);
  });

  it('is deleted after a day for idempotency keys', async () => {
    const ada = await signUp(service);
    const first = await createKey(service, ada, { idempotencyKey: 'once-only-please' });
    const again = () =>
      mutate(service, ada, 'keys.create', {
        ...{ name: 'A key', environment: 'live', permissions: ['exemple:read'] },
        idempotencyKey: 'once-only-please',
      });
    const idOf = async () => (await again()).json.result.data.key.id;
    await deleteOldIdempotencyKeys(stores());
    expect(await idOf()).toBe(first.id);
    now += DAY_MS + 1;
    await deleteOldIdempotencyKeys(stores());
    now -= DAY_MS + 1;
    expect(await idOf()).not.toBe(first.id);
  });
});

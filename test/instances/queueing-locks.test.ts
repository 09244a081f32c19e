import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { setUserDisabled } from '../../server/membership/users.ts';
import type { Db } from '../../server/stores/database/database.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { createKey, mutate, type Person, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { joined, newMember, signInAgain, workspacesOf } from '../harness/teams.ts';
import type { Answer, Credentials } from '../harness/wire.ts';

type Database = TestService['running']['service']['stores']['database'];

/** An owner, and a member whose rights are taken away while their calls keep coming. */
interface Team {
  readonly owner: Person;
  readonly member: Person;
  /** A key of the member's that is tied to an external owner. */
  readonly key: Credentials;
}

type Removal = (at: TestService, team: Team) => Promise<Answer | number | null>;
type Call = (team: Team) => readonly [who: Credentials, name: string, input: object];

const aKey = (externalId?: string) => ({
  ...{ name: 'One of many', environment: 'live', permissions: ['exemple:read'], externalId },
});
const byKey: Call = ({ key }) => [key, 'keys.create', aKey('acme')];
const byMember: Call = ({ member }) => [member, 'keys.create', aKey()];
const ofMember =
  (name: string, input: object = {}): Removal =>
  (at, { owner, member }) =>
    mutate(at, owner, name, { userId: member.userId, ...input });

/** What takes a right away, the calls that keep coming, and how those that come later are refused. */
const REMOVALS: readonly [string, Removal, Call, string | number][] = [
  ['a member is removed', ofMember('members.remove'), byKey, 'KEY_DISABLED'],
  ['a member may only read', ofMember('members.setRole', { role: 'viewer' }), byMember, 'PERMISSION_DENIED'],
  [
    'a key is revoked',
    (at, { owner, key }) => mutate(at, owner, 'keys.revoke', { id: key.id }),
    byKey,
    'KEY_REVOKED',
  ],
  [
    'a key is disabled',
    (at, { owner, key }) => mutate(at, owner, 'keys.update', { id: key.id, enabled: false }),
    byKey,
    'KEY_DISABLED',
  ],
  [
    'a session is signed out',
    (at, { member }) => mutate(at, member, 'auth.signOut'),
    byMember,
    'SESSION_ENDED',
  ],
  [
    'a person is disabled',
    (at, { member }) => setUserDisabled(at.running.service.stores, member.userId, true),
    byMember,
    'SESSION_ENDED',
  ],
  [
    // A change of the owner's bounds takes no right of the key's away: the later call comes after it.
    "an external owner's bounds are lowered",
    (at, { owner }) =>
      mutate(at, owner, 'owners.update', {
        ...{ externalId: 'acme', limits: [{ name: 'calls', limit: 5, windowSeconds: 60 }] },
      }),
    byKey,
    200,
  ],
];

requires('postgres').describe('locks are granted in the order of arrival', () => {
  let one: TestService;
  let other: TestService;
  let database: Database;

  beforeAll(async () => {
    one = await startTestService({
      env: { DATABASE_URL: await freshPostgres(), KEYSEAL_ADDRESS_FAILURES: '1000000' },
    });
    other = await sibling(one);
    database = other.running.service.stores.database;
    // The job that writes when a key was last used waits for its row too, and would be counted.
    for (const { running } of [one, other])
      vi.spyOn(running.service.stores.lastUsed, 'writeDue').mockResolvedValue();
  });
  afterAll(() => Promise.all([one.stop(), other.stop()]));

  const newTeam = async (): Promise<Team> => {
    const owner = await signUp(one);
    const member = await newMember(one, owner, 'developer');
    const permissions = ['keys:write', 'exemple:read'];
    return { owner, member, key: await createKey(one, member, { permissions, externalId: 'acme' }) };
  };

  // A statement may wait for five seconds: a machine that stops for longer proves nothing.
  it.each(REMOVALS)(
    'when %s, it waits for the calls in flight and for no later one',
    { retry: 2 },
    async (_, remove, call, later) => {
      const team = await newTeam();
      const sent: Promise<Answer>[] = [];
      let removing: ReturnType<Removal> | null = null;
      await database.db.transaction(async (tx) => {
        await holdChain(tx, team);
        sent.push(mutate(one, ...call(team)));
        await waiting(database, 1);
        removing = remove(other, team);
        await waiting(database, 2);
        sent.push(mutate(one, ...call(team)));
        await waiting(database, 3);
      });
      const removed = await (removing as ReturnType<Removal> | null);
      expect(typeof removed === 'object' ? removed?.status : 200).toBe(200);
      const answers = await Promise.all(sent);
      expect(answers.map(({ reason, status }) => reason ?? status)).toEqual([200, later]);
      if (later === 200)
        expect(await statesOf(one, team)).toEqual(['keys.create', 'owners.update', 'keys.create']);
    },
  );

  it('one session of several is ended in spite of its continuous calls', { retry: 2 }, async () => {
    const team = await newTeam();
    const { member } = team;
    const again = await signInAgain(one, member);
    const sent: Promise<Answer>[] = [];
    let revoking: Promise<Answer> | null = null;
    await database.db.transaction(async (tx) => {
      await holdChain(tx, team);
      sent.push(mutate(one, member, 'keys.create', aKey()));
      await waiting(database, 1);
      revoking = mutate(other, again, 'sessions.revoke', { id: member.id });
      await waiting(database, 2);
      sent.push(mutate(one, member, 'keys.create', aKey()));
      await waiting(database, 3);
    });
    expect((await (revoking as Promise<Answer> | null))?.status).toBe(200);
    const answers = await Promise.all(sent);
    expect(answers.map(({ reason, status }) => reason ?? status)).toEqual([200, 'SESSION_ENDED']);
  });

  it('a caller without rights in a workspace neither waits for nor locks a row of it', async () => {
    const { owner, member, key } = await newTeam();
    const outsider = await signUp(one);
    // A viewer there, who manages a workspace of their own to which the owner does not belong.
    const viewer = await signUp(one);
    const [own] = await workspacesOf(one, viewer);
    await joined(one, owner, viewer, 'viewer');
    await mutate(one, viewer, 'workspaces.select', { id: own?.id });
    // One who was removed, and whose session still acts there.
    const gone = await newMember(one, owner, 'developer');
    await mutate(one, owner, 'members.remove', { userId: gone.userId });
    const outcomes = await database.db.transaction(async (tx) => {
      await tx.execute(
        sql`select 1 from workspaces where name = (select name from users where id = ${owner.userId}) for update`,
      );
      await tx.execute(sql`select 1 from users where id in (${owner.userId}, ${member.userId}) for update`);
      await tx.execute(sql`select 1 from keys where id = ${key.id} for update`);
      const answers = await Promise.all([
        mutate(one, outsider, 'auth.createReset', { userId: member.userId }),
        mutate(one, viewer, 'auth.createReset', { userId: owner.userId }),
        mutate(one, outsider, 'keys.revoke', { id: key.id }),
        mutate(one, gone, 'members.leave'),
      ]);
      return answers.map(({ reason }) => reason);
    });
    expect(outcomes).toEqual(['MEMBER_NOT_FOUND', 'MEMBER_NOT_FOUND', 'KEY_NOT_FOUND', 'WORKSPACE_DENIED']);
  });
});

/** Holds the head of a team's audit log: every change in their workspace waits for it, with all other locks taken. */
async function holdChain(tx: Db, { owner }: Team): Promise<void> {
  await tx.execute(sql`select 1 from audit_heads where workspace_id =
    (select workspace_id from memberships where user_id = ${owner.userId}) for update`);
}

/** Waits until so many statements wait for a lock of another transaction. */
async function waiting({ query }: Database, count: number): Promise<void> {
  const blocked = async () => {
    const [row] = await query<{ n: number }>(
      sql`select count(*)::int as n from pg_stat_activity where datname = current_database()
        and cardinality(pg_blocking_pids(pid)) > 0`,
    );
    return row?.n ?? 0;
  };
  await expect.poll(blocked, { timeout: 15_000, interval: 10 }).toBe(count);
}

/** The last three actions in the audit log of a team's workspace, in their order. */
async function statesOf({ running }: TestService, { owner }: Team): Promise<string[]> {
  const rows = await running.service.stores.database.query<{ action: string }>(
    sql`select action from audit_records where workspace_id =
      (select workspace_id from memberships where user_id = ${owner.userId}) order by seq desc limit 3`,
  );
  return rows.map(({ action }) => action).reverse();
}

import { type SQL, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { disableKeysOfFormerMembers } from '../../server/membership/former-keys.ts';
import { afterMinuteOfJobs } from '../harness/minute-of-jobs.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { countRows, insertKeys, runStatements } from '../harness/rows.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import { activeOf, invite, joined, newMember } from '../harness/teams.ts';

/** More than two parts. */
const KEYS = 250;
/** Rows that one transaction may change: on PGlite it holds up all others. */
const AT_ONCE = 100;

/** Fails each part after the end of the membership, as the end of the process would. Only parts forbid sorts. */
const BREAK = [
  `create function refuse() returns trigger language plpgsql as $$ begin
    if current_setting('enable_sort') = 'off' then raise exception 'broken'; end if;
    return new;
  end $$`,
  'create trigger refuse before update on keys for each row when (old.enabled and not new.enabled) execute function refuse()',
];
const REPAIR = ['drop trigger if exists refuse on keys', 'drop function if exists refuse'];

let service: TestService;
let ada: Person;
let workspaceId: string;
beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
  workspaceId = await activeOf(service, ada);
});
afterEach(() => run(REPAIR));
afterAll(() => service.stop());

const run = (statements: readonly string[]) => runStatements(service, statements);
const countOf = (which: SQL) => countRows(service, which);

/** What the job does each minute. */
const disableAll = () =>
  disableKeysOfFormerMembers(service.running.service.stores, new AbortController().signal);

const enabledOf = ({ userId }: Person) => countOf(sql`keys where owner_id = ${userId} and enabled`);

const addKeys = (bob: Person) => insertKeys(service, { workspaceId, ownerId: bob.userId }, KEYS);

/** A developer with many keys, and one of them that calls. */
async function manyKeys() {
  const bob = await newMember(service, ada, 'developer');
  const key = await createKey(service, bob);
  await addKeys(bob);
  return { bob, key };
}

const reasonOf = async (key: Awaited<ReturnType<typeof createKey>>) =>
  (await query(service, key, 'exemple')).reason;

const WAYS: Record<string, (bob: Person) => ReturnType<typeof mutate>> = {
  removed: ({ userId }) => mutate(service, ada, 'members.remove', { userId }),
  leaving: (bob) => mutate(service, bob, 'members.leave'),
  'deleting their account': (bob) => mutate(service, bob, 'auth.deleteAccount', { password: bob.password }),
};

describe('S7: the keys of a member with many', () => {
  it.each(Object.keys(WAYS))(
    'who is %s end at once, and are disabled in bounded transactions',
    async (way) => {
      const { bob, key } = await manyKeys();
      expect(await reasonOf(key)).toBeUndefined();
      expect((await WAYS[way]?.(bob))?.status).toBe(200);
      expect(await reasonOf(key)).toBe('KEY_DISABLED');
      await afterMinuteOfJobs(service, () => expect.poll(() => enabledOf(bob), { timeout: 20_000 }).toBe(0));
      const written = sql`(select count(*) as rows from keys where owner_id = ${bob.userId} group by xmin) as written`;
      expect(await countOf(sql`${written} where rows > ${AT_ONCE}`)).toBe(0);
      expect(await reasonOf(key)).toBe('KEY_DISABLED');
    },
  );

  it('stay ended while it fails to disable them, and the next start finishes', async () => {
    const { bob, key } = await manyKeys();
    await run(BREAK);
    expect((await WAYS['removed']?.(bob))?.status).toBe(200);
    await expect(disableAll()).rejects.toThrow();
    expect(await reasonOf(key)).toBe('KEY_DISABLED');
    expect(await enabledOf(bob)).toBe(KEYS + 1 - AT_ONCE);
    await run(REPAIR);
    service = await restart(service);
    expect(await reasonOf(key)).toBe('KEY_DISABLED');
    await disableAll();
    expect(await enabledOf(bob)).toBe(0);
  });

  it('stay disabled if the person returns before they were, until the person enables each', async () => {
    const { bob, key } = await manyKeys();
    await run(BREAK);
    expect((await WAYS['removed']?.(bob))?.status).toBe(200);
    // Without a way to disable them, the person cannot return.
    const token = await invite(service, ada, bob.email);
    expect((await mutate(service, bob, 'invitations.accept', { token })).status).toBeGreaterThanOrEqual(500);
    await run(REPAIR);
    await joined(service, ada, bob);
    expect(await enabledOf(bob)).toBe(0);
    const written = sql`(select count(*) as rows from keys where owner_id = ${bob.userId} group by xmin) as written`;
    expect(await countOf(sql`${written} where rows > ${AT_ONCE}`)).toBe(0);
    expect(await reasonOf(key)).toBe('KEY_DISABLED');
    expect((await mutate(service, bob, 'keys.update', { id: key.id, enabled: true })).status).toBe(200);
    expect(await reasonOf(key)).toBeUndefined();
    // Nor does the job disable it later.
    const waiting = sql`memberships where removed_at is not null and keys_ended_at is null`;
    const eve = await newMember(service, ada, 'viewer');
    expect((await WAYS['removed']?.(eve))?.status).toBe(200);
    await disableAll();
    expect(await countOf(waiting)).toBe(0);
    expect(await reasonOf(key)).toBeUndefined();
  });

  it('are disabled again if an older version let the person return in the meantime', async () => {
    const bob = await newMember(service, ada, 'developer');
    expect((await WAYS['removed']?.(bob))?.status).toBe(200);
    // As the older version does: it does not know when the keys of the former membership ended.
    await run([
      `update memberships set removed_at = null, rev = rev + 1 where user_id = '${bob.userId}' and workspace_id = '${workspaceId}'`,
    ]);
    await addKeys(bob);
    expect((await WAYS['removed']?.(bob))?.status).toBe(200);
    await disableAll();
    expect(await enabledOf(bob)).toBe(0);
    await joined(service, ada, bob);
  });
});

import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { testCredentialRights } from '../harness/credential-walk.ts';
import { testRevocationsInFlight, WORKLOAD_ISSUERS } from '../harness/credentials-in-flight.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { createKey, mutate, query, signUp } from '../harness/people.ts';
import { testPreviewsInFlight } from '../harness/previews-in-flight.ts';
import { testProofsInFlight } from '../harness/proofs-in-flight.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { newMember } from '../harness/teams.ts';

requires('postgres').describe('two instances on one Postgres', () => {
  let one: TestService;
  let other: TestService;

  beforeAll(async () => {
    one = await startTestService({
      env: {
        DATABASE_URL: await freshPostgres(),
        KEYSEAL_ADDRESS_FAILURES: '1000000',
        KEYSEAL_ISSUERS: WORKLOAD_ISSUERS,
      },
    });
    other = await sibling(one);
  });
  afterAll(() => Promise.all([one.stop(), other.stop()]));

  testRevocationsInFlight(() => ({ here: one, there: other }));
  testPreviewsInFlight(() => ({ here: one, there: other }));
  testProofsInFlight(() => ({ here: one, there: other }));
  testCredentialRights(() => ({ here: one, there: other }));

  it('S8: a removal waits for earlier calls, and revokes what they created', async () => {
    const owner = await signUp(one);
    const admin = await newMember(one, owner, 'admin');
    const key = await createKey(one, admin, { permissions: ['keys:*', 'exemple:read'] });
    const { database } = other.running.service.stores;
    // The job that writes when a key was last used waits for its row too, and would be counted.
    for (const { running } of [one, other])
      vi.spyOn(running.service.stores.lastUsed, 'writeDue').mockResolvedValue();
    let making: ReturnType<typeof mutate> | null = null;
    let removing: ReturnType<typeof mutate> | null = null;
    // Every change waits for the head of the chain, with all other locks taken.
    await database.db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from audit_heads for update`);
      making = mutate(one, key, 'keys.create', {
        ...{ name: 'Made before', environment: 'live', permissions: ['exemple:read'] },
      });
      await expect.poll(() => blocked(database), { timeout: 15_000, interval: 20 }).toBe(1);
      removing = mutate(other, owner, 'members.remove', { userId: admin.userId });
      await expect.poll(() => blocked(database), { timeout: 15_000, interval: 20 }).toBe(2);
    });
    const [made, removed] = await Promise.all([making, removing] as unknown as ReturnType<typeof mutate>[]);
    expect([made?.status, removed?.status]).toEqual([200, 200]);
    const { key: row, secret, signingSecret } = made?.json.result.data ?? {};
    const outcome = await query(other, { id: row.id, apiKey: secret, signingSecret }, 'exemple');
    expect(outcome.reason).toBe('KEY_DISABLED');
  });

  it.each([1, 2, 3])(
    'S8: a revocation leaves none of 65 keys that were being created, round %d',
    async () => {
      const ada = await signUp(one);
      const key = await createKey(one, ada, { permissions: ['keys:write', 'exemple:read'] });
      const { database } = other.running.service.stores;
      const made = async () => {
        const [row] = await database.query<{ n: number }>(
          sql`select count(*)::int as n from keys where owner_id = ${ada.userId}`,
        );
        return row?.n;
      };
      const input = { name: 'One of many', environment: 'live', permissions: ['exemple:read'] };
      const calls = Array.from({ length: 65 }, () => mutate(one, key, 'keys.create', input));
      await calls[0];
      expect((await mutate(other, ada, 'keys.revoke', { id: key.id })).status).toBe(200);
      const atTheAnswer = await made();
      const answers = await Promise.all(calls);
      expect(await made()).toBe(atTheAnswer);
      // Every secret that was shown belongs to a key that was there by then.
      expect(answers.filter(({ status }) => status === 200)).toHaveLength((atTheAnswer ?? 0) - 1);
    },
  );
});

/** Statements that wait for a lock of another transaction. */
async function blocked({ query }: TestService['running']['service']['stores']['database']): Promise<number> {
  const [row] = await query<{ n: number }>(
    sql`select count(*)::int as n from pg_stat_activity where datname = current_database()
      and cardinality(pg_blocking_pids(pid)) > 0`,
  );
  return row?.n ?? 0;
}

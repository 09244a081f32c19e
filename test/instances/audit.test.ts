import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordsOf, verifyChain, workspaceOf } from '../harness/audit-chain.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { createKey, mutate, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';

requires('postgres').describe('the audit log of two instances on one Postgres', () => {
  let one: TestService;
  let other: TestService;

  beforeAll(async () => {
    one = await startTestService({ env: { DATABASE_URL: await freshPostgres() } });
    other = await sibling(one);
  });
  afterAll(() => Promise.all([one.stop(), other.stop()]));

  it('has no gap and no fork after fifty concurrent changes', async () => {
    const ada = await signUp(one);
    const keys = [await createKey(one, ada), await createKey(one, ada)];
    const changes = Array.from({ length: 50 }, (_, n) => {
      const at = n % 2 ? one : other;
      // Some of the same rows, so that locks of rows and of the chain meet.
      if (n % 5 === 0) return createKey(at, ada, { externalId: 'acme' }).then(() => 200);
      const input = { id: keys[n % 2]?.id, name: `name ${n}`, ...(n % 3 ? {} : { externalId: 'acme' }) };
      if (n % 7 === 0)
        return mutate(at, ada, 'owners.update', { externalId: 'acme', limits: [] }).then(
          ({ status }) => status,
        );
      return mutate(at, ada, 'keys.update', input).then(({ status }) => status);
    });
    expect(new Set(await Promise.all(changes))).toEqual(new Set([200]));
    const records = await recordsOf(one, await workspaceOf(one, keys[0] ?? one.demo));
    expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: 53 }, (_, n) => n + 1));
    expect(await verifyChain(other, ada)).toMatchObject({ verified: true, records: 53 });
  });

  it('has one chain if both begin it at once', async () => {
    const { service } = one.running;
    const before = await recordsOf(one, one.demo.workspaceId);
    expect(before).toEqual([]);
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => createKey(n % 2 ? one : other, one.demo, { name: `key ${n}` })),
    );
    expect(await verifyChain(one, one.demo)).toMatchObject({ verified: true, records: 10 });
    expect(service.stores.database.kind).toBe('postgres');
  });
});

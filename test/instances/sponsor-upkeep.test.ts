import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import { fillInSponsors } from '../../server/stores/credentials/sponsor-upkeep.ts';
import { freshPostgres } from '../harness/fresh.ts';
import { mutate, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { activeOf, joined } from '../harness/teams.ts';

/** An advisory lock that the next statement that changes workspaces waits for, before it reads a row. */
const GATE = 731_204;
const GATED = [
  'create sequence gate',
  `create function pass_gate() returns trigger language plpgsql as $$
    begin
      if nextval('gate') = 1 then perform pg_advisory_xact_lock_shared(${GATE}); end if;
      return null;
    end $$`,
  'create trigger gate before update on workspaces for each statement execute function pass_gate()',
];

requires('postgres').describe(
  'F11: filling in the sponsor of a workspace whose creator leaves meanwhile',
  () => {
    let one: TestService;
    let other: TestService;

    beforeAll(async () => {
      one = await startTestService({ env: { DATABASE_URL: await freshPostgres('migrated') } });
      other = await sibling(one);
    });
    afterAll(async () => {
      await other.stop();
      await one.stop();
    });

    it('never names a person who has left', async () => {
      const [founder, heir] = [await signUp(one), await signUp(one)];
      await joined(one, founder, heir, 'owner');
      const id = await activeOf(one, heir);
      const { database } = one.running.service.stores;
      await database.db.update(workspaces).set({ sponsorId: null }).where(eq(workspaces.id, id));
      for (const statement of GATED) await database.db.execute(sql.raw(statement));

      let filling: Promise<void> | undefined;
      let leaving: ReturnType<typeof mutate> | undefined;
      await other.running.service.stores.database.db.transaction(async (tx) => {
        await tx.execute(sql`select pg_advisory_xact_lock(${GATE})`);
        filling = fillInSponsors(database);
        const waiting = async () => {
          const rows = await database.query<{ n: number }>(
            sql`select count(*)::int as n from pg_locks where not granted`,
          );
          return rows[0]?.n;
        };
        await expect.poll(waiting).toBe(1);
        let left = false;
        leaving = mutate(one, founder, 'members.leave').finally(() => {
          left = true;
        });
        // It has left, or it waits for the job.
        await expect.poll(async () => left || (await waiting()) === 2).toBe(true);
      });
      await filling;
      expect((await leaving)?.status).toBe(200);
      const [row] = await database.db.select().from(workspaces).where(eq(workspaces.id, id));
      expect(row?.sponsorId).toBe('unsponsored');
    });
  },
);

import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import type { ReplayStore } from '../../server/stores/replay/replay.ts';
import { createPostgresReplayStore } from '../../server/stores/replay/replay-postgres.ts';
import { freshFolder, freshPostgres } from '../harness/fresh.ts';
import { requires } from '../harness/requires.ts';
import { replayContract } from './replay-contract.ts';
import { claimOf, NO_LIMITS, type ReplayFixture, raiseRev, seed } from './replay-fixture.ts';

async function postgresWorld(): Promise<ReplayFixture> {
  const database = await openDatabase({ databaseUrl: await freshPostgres(), dataDir: await freshFolder() });
  await seed(database);
  let time = 1_800_000_000;
  return {
    database,
    now: () => time,
    step: (seconds) => {
      time += seconds;
    },
    settle: async () =>
      void (await database.db.execute(
        sql`update replay_marks set raised_at = raised_at - interval '1 minute'`,
      )),
    open: async (limits = NO_LIMITS) =>
      createPostgresReplayStore({ sql: database.sql as Sql, clock: () => time * 1000, limits }),
    change: (row) => raiseRev(database, row),
    close: () => database.close(),
  };
}

requires('postgres').describe('nonces on Postgres', () => {
  replayContract('the Postgres store', postgresWorld);

  describe('two instances on one Postgres', () => {
    test('give one win to 100 concurrent copies between them', async () => {
      const world = await postgresWorld();
      const stores = [await world.open(), await world.open()] as const;
      for (let round = 0; round < 10; round++) {
        const claim = claimOf(world.now(), `round${round}`);
        const outcomes = await Promise.all(
          Array.from({ length: 100 }, (_, i) => (i % 2 ? stores[0] : stores[1]).claim(claim)),
        );
        expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1);
      }
      await world.close();
    });

    test('give no second win while a migration exchanges the primary key under them', async () => {
      const world = await postgresWorld();
      const { db } = world.database;
      // The table as the version before left it.
      await db.execute(sql`alter table nonces drop constraint nonces_t_k_nonce_pk,
        add constraint nonces_k_t_nonce_pk primary key (k, t, nonce)`);
      await db.execute(sql`create index nonces_t on nonces (t)`);
      const stores = [await world.open(), await world.open()] as const;
      const claims = Array.from({ length: 400 }, (_, n) => claimOf(world.now(), `exchange${n}`));
      const claimAll = () =>
        Promise.all(claims.map((claim, n) => (stores[n % 2] as ReplayStore).claim(claim)));
      const migration = readFileSync(
        new URL('../../drizzle/migrations/0011_nonces_by_time.sql', import.meta.url),
        'utf8',
      );
      const first = claimAll();
      const exchanged = db.transaction(async (tx) => {
        for (const statement of migration.split('--> statement-breakpoint'))
          await tx.execute(sql.raw(statement));
      });
      const second = claimAll();
      const outcomes = [...(await first), ...(await second)];
      await exchanged;
      expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(claims.length);
      expect(new Set(await claimAll())).toEqual(new Set(['seen']));
      await world.close();
    });

    test('do not deadlock if both claim many of the same nonces', async () => {
      const world = await postgresWorld();
      const stores = [await world.open(), await world.open()];
      const t = world.now();
      const names = Array.from({ length: 300 }, (_, i) => `same${i}`);
      const orders = [names, names.toReversed()];
      const outcomes = await Promise.all(
        stores.flatMap((store, i) => (orders[i] ?? []).map((nonce) => store.claim(claimOf(t, nonce)))),
      );
      expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(names.length);
      expect(outcomes.filter((outcome) => outcome === 'seen')).toHaveLength(names.length);
      await world.close();
    });

    test('share a watermark: what one has forgotten, no other accepts', async () => {
      const world = await postgresWorld();
      const [one, other] = [await world.open(), await world.open()];
      const claim = claimOf(world.now(), 'shared');
      expect(await one.claim(claim)).toBe('won');
      world.step(1_000);
      await one.purge();
      world.step(-1_000);
      expect(await other.claim(claim)).toBe('behind');
      await world.close();
    });

    test.each(["'infinity'", "now() + interval '10 years'"])(
      'delete old nonces although the watermark was raised at %s',
      async (raisedAt) => {
        const world = await postgresWorld();
        const store = await world.open();
        expect(await store.claim(claimOf(world.now(), 'old'))).toBe('won');
        world.step(1_000);
        await store.purge();
        const client = world.database.sql as Sql;
        await client.unsafe(`update replay_marks set raised_at = ${raisedAt}`);
        // A statement that began before may still read the lower watermark: nothing is deleted at once.
        await store.purge();
        expect((await client`select 1 from nonces`).length).toBe(1);
        await world.settle();
        await store.purge();
        expect((await client`select 1 from nonces`).length).toBe(0);
        await world.close();
      },
    );

    test('delete nothing that a pending statement could still accept', async () => {
      const world = await postgresWorld();
      const store = await world.open();
      expect(await store.claim(claimOf(world.now(), 'kept'))).toBe('won');
      world.step(1_000);
      await store.purge();
      await store.purge();
      const { length } = await (world.database.sql as Sql)`select 1 from nonces`;
      expect(length).toBe(1);
      await world.close();
    });
  });

  test('are in a logged table, and a commit is on disk before a claim is answered', async () => {
    const world = await postgresWorld();
    const client = world.database.sql as Sql;
    const [table] = await client`select relpersistence from pg_class where relname = 'nonces'`;
    const [setting] = await client`select current_setting('synchronous_commit') as value`;
    expect(table?.['relpersistence']).toBe('p');
    expect(setting?.['value']).toBe('on');
    await world.close();
  });
});

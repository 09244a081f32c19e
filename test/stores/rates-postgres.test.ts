import type { Sql } from 'postgres';
import { expect, test } from 'vitest';
import { openDatabase } from '../../server/stores/open-database.ts';
import { PostgresRateStore } from '../../server/stores/rates-postgres.ts';
import { freshFolder, freshPostgres } from '../harness/fresh.ts';
import { requires } from '../harness/requires.ts';
import { counter, type RatesWorld, ratesContract } from './rates-contract.ts';

async function postgresWorld(): Promise<RatesWorld & { readonly sql: Sql }> {
  const database = await openDatabase({ databaseUrl: await freshPostgres(), dataDir: await freshFolder() });
  const sql = database.sql as Sql;
  let time = 1_800_000_000_000;
  const [store, other] = [new PostgresRateStore(sql, () => time), new PostgresRateStore(sql, () => time)];
  return {
    sql,
    store,
    other,
    now: () => time,
    step: (ms) => {
      time += ms;
    },
    close: async () => {
      await Promise.all([store.close(), other.close()]);
      await database.close();
    },
  };
}

requires('postgres').describe('on Postgres', () => {
  ratesContract('the Postgres store', postgresWorld);

  test('two instances that share many limits in another order do not wait for each other', async () => {
    const world = await postgresWorld();
    const many = Array.from({ length: 40 }, () => counter(1_000, 60));
    const backwards = [...many].reverse();
    const hits = await Promise.all(
      Array.from({ length: 200 }, (_, i) => (i % 2 ? world.other.hit(backwards) : world.store.hit(many))),
    );
    expect(hits.every((hit) => hit.allowed)).toBe(true);
    expect((await world.store.look(many)).states.map(({ remaining }) => remaining)).toEqual(
      Array(40).fill(800),
    );
    await world.close();
  });

  test('what the purge takes away meanwhile is made again', async () => {
    const world = await postgresWorld();
    const limited = counter(1_000, 60);
    let hitting = true;
    const deleting = (async () => {
      while (hitting) await world.sql`delete from rate_windows`;
    })();
    for (let i = 0; i < 100; i++) expect((await world.store.hit([limited])).allowed).toBe(true);
    hitting = false;
    await deleting;
    await world.close();
  });
});

import type { Sql } from 'postgres';
import { expect, test } from 'vitest';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { counterOf } from '../../server/stores/limits/rates.ts';
import { PostgresRateStore } from '../../server/stores/limits/rates-postgres.ts';
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

requires('postgres').describe('rates on Postgres', () => {
  ratesContract('the Postgres store', postgresWorld);

  test('do not deadlock between instances that hit many limits in different order', async () => {
    const world = await postgresWorld();
    const many = Array.from({ length: 40 }, () => counter(1_000, 60));
    const backwards = [...many].reverse();
    const hits = await Promise.all(
      Array.from({ length: 200 }, (_, i) => (i % 2 ? world.other.hit(backwards) : world.store.hit(many))),
    );
    expect(hits.every((hit) => hit.allowed)).toBe(true);
    expect((await world.store.peek(many)).states.map(({ remaining }) => remaining)).toEqual(
      Array(40).fill(800),
    );
    await world.close();
  });

  test('S7: delay no call of another workspace if one window is locked', async () => {
    const world = await postgresWorld();
    const of = (workspace: string, key: number) =>
      counterOf([workspace, workspace], `${workspace} ${key}`, {
        name: 'calls',
        limit: 1_000,
        windowSeconds: 60,
      });
    const others = Array.from({ length: 20 }, (_, key) => of('other', key));
    const hammered = of('busy', 0);
    // Both instances must distinguish existing rows from new ones.
    for (const store of [world.store, world.other]) await store.hit([hammered]);
    for (const one of others.slice(0, 10)) await world.store.hit([one]);
    let answered = 0;
    const { busy: hits } = await world.sql.begin(async (sql) => {
      await sql`select from rate_windows where id = ${hammered.id} for update`;
      const busy = Array.from({ length: 50 }, async () => {
        try {
          return await world.store.hit([hammered]);
        } finally {
          answered++;
        }
      });
      const rounds = Array.from({ length: 5 }, () => others.map((one) => world.store.hit([one]))).flat();
      expect((await Promise.all(rounds)).every((hit) => hit.allowed)).toBe(true);
      expect(answered).toBe(0);
      return { busy };
    });
    expect((await Promise.all(hits)).every((hit) => hit.allowed)).toBe(true);
    const { states } = await world.store.peek([hammered, ...others]);
    expect(states.map(({ remaining }) => 1_000 - remaining)).toEqual([
      52,
      ...Array(10).fill(6),
      ...Array(10).fill(5),
    ]);
    await world.close();
  });

  test('S7: delay no call of another workspace while another session has an uncommitted new window', async () => {
    const world = await postgresWorld();
    const of = (workspace: string, key: number) =>
      counterOf([workspace, workspace], `${workspace} ${key}`, {
        name: 'calls',
        limit: 1_000,
        windowSeconds: 60,
      });
    const [fresh, known, notCached] = [of('busy', 0), of('other', 0), of('other', 1)];
    await world.store.hit([known]);
    await world.other.hit([notCached]);
    let answered = 0;
    const { busy: hits } = await world.sql.begin(async (sql) => {
      await sql`insert into rate_windows (id, empty_at) values (${fresh.id}, now() + interval '1 hour')`;
      const busy = Array.from({ length: 50 }, () =>
        Promise.resolve(world.store.hit([fresh])).finally(() => {
          answered++;
        }),
      );
      for (let n = 0; n < 100; n++) {
        const [one, two] = await Promise.all([known, notCached].map((counter) => world.store.hit([counter])));
        expect([one?.allowed, two?.allowed]).toEqual([true, true]);
      }
      expect(answered).toBe(0);
      return { busy };
    });
    expect((await Promise.all(hits)).every((hit) => hit.allowed)).toBe(true);
    const { states } = await world.store.peek([fresh, known, notCached]);
    expect(states.map(({ remaining }) => 1_000 - remaining)).toEqual([50, 101, 101]);
    await world.close();
  });

  test('closing waits for a call that waits for a locked window', async () => {
    const world = await postgresWorld();
    const window = counter(1_000, 60);
    await world.store.hit([window]);
    let answered = false;
    const { closed } = await world.sql.begin(async (sql) => {
      await sql`select from rate_windows where id = ${window.id} for update`;
      const statements = () => world.store.load?.statements ?? 0;
      const before = statements();
      const call = Promise.resolve(world.store.hit([window])).then((hit) => {
        answered = true;
        return hit;
      });
      while (statements() < before + 3) await new Promise(setImmediate);
      return { closed: Promise.all([call, world.store.close().then(() => answered)]) };
    });
    expect(await closed).toMatchObject([{ allowed: true }, true]);
    await world.close();
  });

  test('S7: stay exact for a limit under load on two instances, while another is hit', async () => {
    const world = await postgresWorld();
    const hammered = counter(100_000, 60);
    const other = counterOf(['other', 'other'], 'key', { name: 'calls', limit: 1_000, windowSeconds: 60 });
    let left = 4_000;
    const hits = Array.from({ length: left }, async (_, n) => {
      const hit = await (n % 2 ? world.other : world.store).hit([hammered]);
      left--;
      return hit;
    });
    expect((await world.store.hit([other])).allowed).toBe(true);
    // It shared a statement with the first five hundred at most; the others are behind it.
    expect(left).toBeGreaterThan(1_000);
    expect((await Promise.all(hits)).every((hit) => hit.allowed)).toBe(true);
    expect((await world.store.peek([hammered])).states).toMatchObject([{ remaining: 96_000 }]);
    await world.close();
  });

  test.each([
    ['of a month', 2_592_000, 200],
    ['of a minute', 60, 500],
  ])(
    'S6: one key makes a bounded number of windows %s, and keeps those that it has',
    async (_, seconds, most) => {
      const world = await postgresWorld();
      const named = (subject: string, n: number) =>
        counterOf(['one', 'one'], subject, { name: `n${n}`, limit: 1_000, windowSeconds: seconds });
      let made = 0;
      const begun = performance.now();
      for (let n = 0; n < 2 * most; n++) {
        const error = await Promise.resolve(world.store.hit([named('flood', n)])).then(
          () => null,
          ({ code }) => code,
        );
        if (error === null) made++;
        else expect(error).toBe('53400');
      }
      // Meanwhile up to ten a second are refilled.
      const refilled = ((performance.now() - begun) / 1000) * 10;
      expect(made).toBeGreaterThanOrEqual(most);
      expect(made).toBeLessThanOrEqual(most + refilled + 1);
      const [row] = await world.sql<{ n: number }[]>`
      select count(*)::int as n from rate_windows where id like 'flood%'`;
      expect(row?.n).toBe(made);
      expect((await world.store.hit([named('flood', most - 1)])).allowed).toBe(true);
      expect((await world.store.hit([named('other', 1)])).allowed).toBe(true);
      await world.close();
    },
  );

  test('S6: a key that used up its room for new windows is refused for a limit that it has reached', async () => {
    const world = await postgresWorld();
    const long = 2_592_000;
    const named = (n: number, limit = 1_000) =>
      counterOf(['one', 'one'], 'flood', { name: `n${n}`, limit, windowSeconds: long });
    const reached = named(-1, 1);
    expect((await world.store.hit([reached])).allowed).toBe(true);
    for (let n = 0; n < 210; n++) await Promise.resolve(world.store.hit([named(n)])).catch(() => {});
    const another = named(999);
    await expect(world.store.hit([another])).rejects.toMatchObject({ code: '53400' });
    const hit = await world.store.hit([reached, another]);
    expect(hit.allowed).toBe(false);
    expect(hit.states.map(({ remaining }) => remaining)).toEqual([0, 1_000]);
    // An instance that has not seen the window yet admits the call.
    expect((await world.other.hit([reached, another])).allowed).toBe(false);
    await world.close();
  });

  test('S6: a locked window of such a key is waited for, and taken for no new one', async () => {
    const world = await postgresWorld();
    const named = (n: number) =>
      counterOf(['one', 'one'], 'flood', { name: `n${n}`, limit: 1_000, windowSeconds: 2_592_000 });
    for (let n = 0; n < 210; n++) await Promise.resolve(world.store.hit([named(n)])).catch(() => {});
    // The other instance changes it, so that the state here is no longer that of the row.
    expect((await world.other.hit([named(0)])).allowed).toBe(true);
    let ended = false;
    const { hit } = await world.sql.begin(async (sql) => {
      await sql`select from rate_windows where id = ${named(0).id} for update`;
      const waiting = Promise.resolve(world.store.hit([named(0)])).then((result) => {
        ended = true;
        return result;
      });
      expect((await world.store.hit([counter(5, 60)])).allowed).toBe(true);
      expect(ended).toBe(false);
      return { hit: waiting };
    });
    expect(await hit).toMatchObject({ allowed: true, states: [{ remaining: 997 }] });
    await world.close();
  });

  test('create a row again that the purge deletes in the meantime', async () => {
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

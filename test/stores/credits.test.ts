import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credits } from '../../drizzle/schema/limits.ts';
import type { Database } from '../../server/stores/database/database.ts';
import { openDatabase } from '../../server/stores/database/open-database.ts';
import { type CreditPolicy, writeCredits } from '../../server/stores/limits/credit-policy.ts';
import { CreditStore } from '../../server/stores/limits/credits.ts';
import { freshFolder, freshPglite, freshPostgres } from '../harness/fresh.ts';
import { requires } from '../harness/requires.ts';

const NOON = Date.parse('2027-01-15T12:00:00Z');
const DAY = 86_400_000;
const PAYER = ['workspace', 'key'];

/** The same database, which counts the statements of a store. */
function countStatements(database: Database) {
  let statements = 0;
  const counting = new Proxy(database, {
    get(target, name) {
      if (name !== 'query') return Reflect.get(target, name);
      return (statement: Parameters<Database['query']>[0]) => {
        statements++;
        return target.query(statement);
      };
    },
  });
  return { database: counting, statements: () => statements };
}

/** Credits on a database, and on another instance's connection if there can be one. */
function creditsOn(open: () => Promise<{ database: Database; other: Database }>): void {
  let database: Database;
  let here: CreditStore;
  let there: CreditStore;
  let time = NOON;

  beforeAll(async () => {
    const opened = await open();
    database = opened.database;
    [here, there] = [new CreditStore(database, () => time), new CreditStore(opened.other, () => time)];
  });
  afterAll(async () => {
    await Promise.all([here.close(), there.close()]);
    await database.close();
  });

  let subjects = 0;
  const metered = async (policy: CreditPolicy) => {
    const subject = `subject${++subjects}`;
    await writeCredits(database.db, subject, policy, new Date(time));
    return subject;
  };
  const left = async (subject: string) => {
    const [row] = await database.db.select().from(credits).where(eq(credits.subject, subject));
    return row?.remaining;
  };
  const paid = async (calls: Promise<{ paid: boolean }>[]) =>
    (await Promise.all(calls)).filter((spent) => spent.paid).length;
  const at = async (when: string, check: () => Promise<void>) => {
    time = Date.parse(when);
    await check().finally(() => {
      time = NOON;
    });
  };

  it('are spent to the last and never beyond, by many at once and by both instances', async () => {
    const subject = await metered({ remaining: 100 });
    const calls = Array.from({ length: 300 }, (_, i) => (i % 2 ? there : here).spend([subject], 1, PAYER));
    expect(await paid(calls)).toBe(100);
    expect(await left(subject)).toBe(0);
  });

  it('are taken from all of a call’s subjects or from none', async () => {
    const [key, other, owner] = [
      await metered({ remaining: 30 }),
      await metered({ remaining: 30 }),
      await metered({ remaining: 40 }),
    ];
    const calls = [key, other].flatMap((one) =>
      Array.from({ length: 35 }, (_, i) => (i % 2 ? there : here).spend([one, owner], 1, PAYER)),
    );
    expect(await paid(calls)).toBe(40);
    expect(await left(owner)).toBe(0);
    expect(((await left(key)) ?? 0) + ((await left(other)) ?? 0)).toBe(20);
  });

  it('pay for expensive and for cheap calls, as far as they last', async () => {
    const subject = await metered({ remaining: 10 });
    const costs = [7, 1, 7, 1, 0, 1, 7];
    const outcomes = await Promise.all(costs.map((cost) => here.spend([subject], cost, PAYER)));
    const spent = costs.filter((_, i) => outcomes[i]?.paid).reduce((sum, cost) => sum + cost, 0);
    expect(spent).toBe(10);
    expect(await left(subject)).toBe(0);
    expect((await here.spend([subject], 0, PAYER)).paid).toBe(true);
  });

  it('are refunded, and can be checked without being taken', async () => {
    const subject = await metered({ remaining: 3 });
    expect(await here.spend([subject], 3, PAYER)).toMatchObject({ paid: true, remaining: 0 });
    expect(await here.peek([subject], 1)).toMatchObject({ paid: false, remaining: 0 });
    await here.refund([subject], 3);
    expect(await here.peek([subject], 3)).toMatchObject({ paid: true, remaining: 3 });
    expect(await left(subject)).toBe(3);
  });

  it('do not limit a subject that is no longer metered', async () => {
    const subject = await metered({ remaining: 0 });
    expect((await here.spend([subject], 1, PAYER)).paid).toBe(false);
    await writeCredits(database.db, subject, null, new Date(time));
    expect(await here.spend([subject], 1, PAYER)).toEqual({ paid: true, remaining: null, refillAt: null });
  });

  describe.each<['day' | 'month', string, string, string]>([
    ['day', '2027-01-15T23:59:59.999Z', '2027-01-16T00:00:00Z', '2027-01-17T00:00:00Z'],
    ['month', '2027-01-31T23:59:59.999Z', '2027-02-01T00:00:00Z', '2027-03-01T00:00:00Z'],
  ])('with a refill every %s', (every, before, next, afterNext) => {
    const spendAll = async (subject: string) => {
      const { remaining } = await here.peek([subject], 0);
      await here.spend([subject], remaining ?? 0, PAYER);
    };
    const remaining = async (subject: string) => (await here.peek([subject], 0)).remaining;

    it('are raised to the amount at the first moment of the next period in UTC, and not before', async () => {
      const subject = await metered({ remaining: 2, refill: { amount: 5, every } });
      await at(before, async () => {
        await here.spend([subject], 2, PAYER);
        expect(await here.spend([subject], 1, PAYER)).toMatchObject({
          paid: false,
          refillAt: Date.parse(next),
        });
      });
      await at(next, async () => {
        expect(await here.spend([subject], 1, PAYER)).toMatchObject({ paid: true, remaining: 4 });
        expect((await here.peek([subject], 5)).refillAt).toBe(Date.parse(afterNext));
      });
    });

    it('do not accumulate, and do not lower a balance', async () => {
      const [little, much] = [
        await metered({ remaining: 3, refill: { amount: 5, every } }),
        await metered({ remaining: 50, refill: { amount: 5, every } }),
      ];
      await at(next, async () => {
        expect([await remaining(little), await remaining(much)]).toEqual([5, 50]);
      });
    });

    it('come once, however many calls arrive at that moment', async () => {
      const subject = await metered({ remaining: 0, refill: { amount: 10, every } });
      await at(next, async () => {
        const calls = Array.from({ length: 50 }, (_, i) => (i % 2 ? there : here).spend([subject], 1, PAYER));
        expect(await paid(calls)).toBe(10);
      });
    });

    it('comes once for all periods without a call', async () => {
      const subject = await metered({ remaining: 0, refill: { amount: 5, every } });
      await at('2029-06-15T12:00:00Z', async () => expect(await remaining(subject)).toBe(5));
    });

    it('of a clock that jumped ahead and back come early, and not a second time', async () => {
      const subject = await metered({ remaining: 0, refill: { amount: 5, every } });
      await at('2031-06-15T12:00:00Z', () => spendAll(subject));
      await spendAll(subject);
      expect(await left(subject)).toBe(0);
      await at(next, async () => expect(await remaining(subject)).toBe(0));
      // It delays nothing that comes after.
      await at(afterNext, async () => expect(await remaining(subject)).toBe(5));
    });
  });

  it('do not overflow', async () => {
    const most = 1_000_000_000_000;
    const subject = await metered({ remaining: most, refill: { amount: most, every: 'day' } });
    time = NOON + DAY;
    await here.refund([subject], 1_000_000_000);
    expect(await here.spend([subject], 1, PAYER)).toMatchObject({ paid: true, remaining: most - 1 });
    time = NOON;
  });

  it('announce no refill that would not suffice', async () => {
    const refill = { amount: 5, every: 'day' } as const;
    const [owner, never, little] = [
      await metered({ remaining: 0, refill }),
      await metered({ remaining: 0 }),
      await metered({ remaining: 0, refill: { amount: 1, every: 'month' } }),
    ];
    const midnight = Date.parse('2027-01-16T00:00:00Z');
    for (const method of ['spend', 'peek'] as const) {
      expect((await here[method]([owner], 5, PAYER)).refillAt).toBe(midnight);
      expect((await here[method]([owner], 6, PAYER)).refillAt).toBeNull();
      expect((await here[method]([owner, never], 1, PAYER)).refillAt).toBeNull();
      expect((await here[method]([owner, little], 1, PAYER)).refillAt).toBe(
        Date.parse('2027-02-01T00:00:00Z'),
      );
    }
  });

  describe('A4: of many keys that share an external owner', () => {
    const KEYS = 60;
    /** One for all calls at once; those with several costs need another for each. */
    const FEW = 10;
    /** The keys call at once, and then a caller of another sponsor. */
    const spendAll = async (owner: string, keys: readonly string[], costs: readonly number[]) => {
      const counted = countStatements(database);
      const store = new CreditStore(counted.database, () => time);
      const honest = await metered({ remaining: 1 });
      const calls = keys.map((key, i) =>
        store.spend([key, owner], costs[i % costs.length] ?? 1, ['tenant', key]),
      );
      const outcome = await store.spend([honest], 1, ['honest', 'key']);
      const waitedFor = counted.statements();
      const spent = await Promise.all(calls);
      await store.close();
      expect(outcome).toMatchObject({ paid: true, remaining: 0 });
      return { waitedFor, statements: counted.statements(), spent };
    };
    const keysOf = (remaining: number) =>
      Promise.all(Array.from({ length: KEYS }, () => metered({ remaining })));
    const paidOf = (spent: readonly { paid: boolean }[]) => spent.filter(({ paid }) => paid).length;

    it('share statements, and delay no other caller', async () => {
      const owner = await metered({ remaining: 1_000 });
      const { waitedFor, statements, spent } = await spendAll(owner, await keysOf(1), [1]);
      expect(waitedFor).toBeLessThanOrEqual(FEW);
      expect(statements).toBeLessThanOrEqual(FEW);
      expect(paidOf(spent)).toBe(KEYS);
      expect(await left(owner)).toBe(1_000 - KEYS);
    });

    it('delay no other caller when the owner can pay for some of them only', async () => {
      const owner = await metered({ remaining: 40 });
      const { waitedFor, spent } = await spendAll(owner, await keysOf(5), [1, 2, 0, 3]);
      expect(waitedFor).toBeLessThanOrEqual(FEW);
      expect(await left(owner)).toBe(0);
      expect(paidOf(spent)).toBeGreaterThanOrEqual(KEYS / 4 + 14);
      expect(spent.filter(({ paid }, i) => !paid && i % 4 === 2)).toEqual([]);
    });

    it('are refused in few statements when the owner or the keys have none left', async () => {
      for (const [ofOwner, ofKey] of [
        [0, 9],
        [1_000, 0],
      ] as const) {
        const owner = await metered({ remaining: ofOwner });
        const { statements, spent } = await spendAll(owner, await keysOf(ofKey), [1]);
        expect(statements).toBeLessThanOrEqual(FEW);
        expect(paidOf(spent)).toBe(0);
        expect(spent.every(({ remaining }) => remaining === 0)).toBe(true);
      }
    });

    it('and calls of one key with different costs, too', async () => {
      const owner = await metered({ remaining: 10_000 });
      const key = await metered({ remaining: 10_000 });
      const costs = Array.from({ length: KEYS }, (_, i) => i);
      const { waitedFor, spent } = await spendAll(owner, Array(KEYS).fill(key), costs);
      expect(waitedFor).toBeLessThanOrEqual(FEW);
      expect(paidOf(spent)).toBe(KEYS);
      expect(await left(key)).toBe(10_000 - (KEYS * (KEYS - 1)) / 2);
    });
  });

  it('cannot be overspent by any statement', async () => {
    const subject = await metered({ remaining: 1 });
    const overspend = database.db.update(credits).set({ remaining: -1 }).where(eq(credits.subject, subject));
    await expect(overspend).rejects.toThrow();
    expect(await left(subject)).toBe(1);
  });
}

describe('credits on PGlite', () => {
  creditsOn(async () => {
    const database = await openDatabase({ databaseUrl: null, dataDir: await freshPglite() });
    return { database, other: database };
  });
});

requires('postgres').describe('credits on Postgres', () => {
  let other: Database;
  creditsOn(async () => {
    const databaseUrl = await freshPostgres();
    const dataDir = await freshFolder();
    const database = await openDatabase({ databaseUrl, dataDir });
    other = await openDatabase({ databaseUrl, dataDir });
    return { database, other };
  });
  afterAll(() => other.close());

  it('S7: a row that another transaction has locked delays no other, and does not count as missing', async () => {
    const open = { databaseUrl: await freshPostgres(), dataDir: await freshFolder() };
    const [database, second] = [await openDatabase(open), await openDatabase(open)];
    const store = new CreditStore(database, Date.now);
    for (const subject of ['busy', 'one', 'two']) {
      await writeCredits(database.db, subject, { remaining: 30 }, new Date());
    }
    let answered = 0;
    const spent = await second.db.transaction(async (tx) => {
      await writeCredits(tx, 'busy', { remaining: 20 }, new Date());
      const busy = Array.from({ length: 25 }, () =>
        store.spend(['busy'], 1, ['busy', 'key']).finally(() => {
          answered++;
        }),
      );
      const calls = Array.from({ length: 40 }, (_, n) =>
        store.spend([n % 2 ? 'one' : 'two'], 1, ['other', 'key']),
      );
      expect((await Promise.all(calls)).filter(({ paid }) => paid)).toHaveLength(40);
      expect(answered).toBe(0);
      return { busy };
    });
    expect((await Promise.all(spent.busy)).filter(({ paid }) => paid)).toHaveLength(20);
    const rows = await database.db.select().from(credits);
    expect(Object.fromEntries(rows.map(({ subject, remaining }) => [subject, remaining]))).toEqual({
      busy: 0,
      one: 10,
      two: 10,
    });
    await store.close();
    await Promise.all([database.close(), second.close()]);
  });

  it('A4: calls whose owner stays locked are submitted again together, not each by itself', async () => {
    const open = { databaseUrl: await freshPostgres(), dataDir: await freshFolder() };
    const [database, second] = [await openDatabase(open), await openDatabase(open)];
    const store = new CreditStore(database, Date.now);
    const keys = Array.from({ length: 60 }, (_, n) => `key${n}`);
    for (const subject of ['owner', ...keys]) {
      await writeCredits(database.db, subject, { remaining: 60 }, new Date());
    }
    const { calls } = await second.db.transaction(async (tx) => {
      await writeCredits(tx, 'owner', { remaining: 60 }, new Date());
      const calls = keys.map((key) => store.spend([key, 'owner'], 1, ['tenant', 'workspace', key]));
      while (store.load.statements < 10) await new Promise(setImmediate);
      return { calls };
    });
    expect((await Promise.all(calls)).every(({ paid }) => paid)).toBe(true);
    const { entries, statements } = store.load;
    expect(entries / statements).toBeGreaterThan(50);
    await store.close();
    await Promise.all([database.close(), second.close()]);
  });
});

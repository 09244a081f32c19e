import { describe, expect, it } from 'vitest';
import { RowCache } from '../../server/stores/credentials/row-cache.ts';

interface Row {
  readonly id: string;
}

/** A load that the test answers when it chooses. */
function pausedLoad() {
  let answer: (row: Row | null) => void = () => {};
  const asked = new Promise<Row | null>((resolve) => {
    answer = resolve;
  });
  return { load: () => asked, answer };
}

/** A cache whose rows depend only on what has their id. */
const tagged = () =>
  new RowCache<Row>(
    10,
    () => [],
    ({ id }) => [id],
  );

describe('a cache of rows', () => {
  it('loads once for many concurrent readers, and not again', async () => {
    const cache = tagged();
    let asked = 0;
    const load = async () => {
      asked++;
      return { id: 'a' };
    };
    await Promise.all([cache.read('a', load), cache.read('a', load)]);
    await cache.read('a', load);
    expect(asked).toBe(1);
  });

  it.each<[string, (cache: RowCache<Row>) => void]>([
    ['is dropped', (cache) => cache.invalidateTagged(['a'])],
    ['is forgotten', (cache) => cache.invalidate('a')],
    [
      'is dropped before others are',
      (cache) => {
        cache.invalidateTagged(['a']);
        cache.invalidateTagged(['b']);
        cache.invalidate('b');
      },
    ],
  ])('does not cache a row that was being read when the row %s', async (_, change) => {
    const cache = tagged();
    const before = pausedLoad();
    const reading = cache.read('a', before.load);
    change(cache);
    before.answer({ id: 'a' });
    expect(await reading).toEqual({ id: 'a' });
    expect(cache.peek('a')).toBeUndefined();
  });

  it.each<[string, (cache: RowCache<Row>) => void]>([
    ['is forgotten', (cache) => cache.invalidate('b')],
    ['is dropped', (cache) => cache.invalidateTagged(['b'])],
  ])('keeps the load of one row when another row %s', async (_, change) => {
    const cache = tagged();
    const before = pausedLoad();
    const reading = cache.read('a', before.load);
    change(cache);
    before.answer({ id: 'a' });
    await reading;
    expect(cache.peek('a')).toEqual({ id: 'a' });
  });

  it('keeps the first of several overlapping refreshes: a busy row does not stay stale forever', async () => {
    const cache = tagged();
    await cache.read('a', async () => ({ id: 'old' }));
    const [first, second] = [pausedLoad(), pausedLoad()];
    const refreshing = cache.refresh('a', first.load);
    await new Promise((resolve) => setTimeout(resolve, 2));
    const again = cache.refresh('a', second.load);
    first.answer({ id: 'first' });
    await refreshing;
    expect(cache.peek('a')).toEqual({ id: 'first' });
    second.answer({ id: 'second' });
    await again;
    expect(cache.peek('a')).toEqual({ id: 'second' });
  });

  it('does not let a refresh that began earlier replace one that began later', async () => {
    const cache = tagged();
    const [first, second] = [pausedLoad(), pausedLoad()];
    const slow = cache.refresh('a', first.load);
    await new Promise((resolve) => setTimeout(resolve, 2));
    const fast = cache.refresh('a', second.load);
    second.answer({ id: 'second' });
    await fast;
    first.answer({ id: 'first' });
    await slow;
    expect(cache.peek('a')).toEqual({ id: 'second' });
  });

  it('does not give a reader after a change a load from before it', async () => {
    const cache = tagged();
    const before = pausedLoad();
    void cache.read('a', before.load);
    cache.invalidateTagged(['a']);
    const fresh = cache.read('a', async () => ({ id: 'fresh' }));
    before.answer({ id: 'old' });
    expect(await fresh).toEqual({ id: 'fresh' });
    expect(cache.peek('a')).toEqual({ id: 'fresh' });
  });

  it('keeps no more rows than its bound', async () => {
    const cache = new RowCache<Row>(100);
    const ids = Array.from({ length: 1000 }, (_, n) => `row ${n}`);
    for (const id of ids) await cache.read(id, async () => ({ id }));
    expect(ids.filter((id) => cache.peek(id))).toHaveLength(100);
  });

  it('caches neither a missing row nor a failed read', async () => {
    const cache = tagged();
    await cache.read('a', async () => null);
    await expect(cache.read('b', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await cache.read('b', async () => ({ id: 'b' }))).toEqual({ id: 'b' });
  });

  describe('S3: a cache that is divided among groups', () => {
    const rowOf = (group: string, n: number) => ({ id: `${group} ${n}` });
    const divided = () => new RowCache<Row>(100, ({ id }) => id.split(' '));
    async function fill(cache: RowCache<Row>, group: string, count: number): Promise<void> {
      for (let n = 0; n < count; n++) await cache.read(`${group} ${n}`, async () => rowOf(group, n));
    }
    const heldOf = (cache: RowCache<Row>, group: string, count: number) =>
      Array.from({ length: count }, (_, n) => cache.peek(`${group} ${n}`)).filter(Boolean).length;

    it('lets one group use all of it while it is alone', async () => {
      const cache = divided();
      await fill(cache, 'a', 300);
      expect(heldOf(cache, 'a', 300)).toBe(100);
    });

    it('evicts no row of a group with less than its share for one that reads many', async () => {
      const cache = divided();
      await fill(cache, 'idle', 20);
      await fill(cache, 'other', 20);
      await fill(cache, 'flood', 5_000);
      expect([heldOf(cache, 'idle', 20), heldOf(cache, 'other', 20), cache.use.used]).toEqual([20, 20, 100]);
    });

    it('takes room from the largest group for a new one', async () => {
      const cache = divided();
      await fill(cache, 'flood', 5_000);
      await fill(cache, 'late', 40);
      await fill(cache, 'flood', 5_000);
      expect([heldOf(cache, 'late', 40), cache.use.used]).toEqual([40, 100]);
    });

    it('counts a row that moved to another group there only', async () => {
      const cache = new RowCache<Row & { group: string }>(3, ({ group }) => [group]);
      await cache.read('a', async () => ({ id: 'a', group: 'one' }));
      await cache.refresh('a', async () => ({ id: 'a', group: 'two' }));
      await cache.refresh('a', async () => null);
      expect([cache.peek('a'), cache.use.used]).toEqual([undefined, 0]);
    });
  });
});

it('12: one group of a payer evicts none of another group of it that has less than its share', async () => {
  const cache = new RowCache<Row>(100, ({ id }) => id.split(' '));
  const read = async (group: string, count: number) => {
    for (let n = 0; n < count; n++) await cache.read(`${group} ${n}`, async () => ({ id: `${group} ${n}` }));
  };
  const cached = (group: string, count: number) =>
    Array.from({ length: count }, (_, n) => cache.peek(`${group} ${n}`)).filter(Boolean).length;
  await read('other person', 20);
  await read('person own', 20);
  for (let n = 0; n < 20; n++) await read(`person guests${n}`, 50);
  expect([cached('other person', 20), cache.use.used]).toEqual([20, 100]);
  await read('person own', 4);
  for (let n = 0; n < 20; n++) await read(`person guests${n}`, 50);
  expect([cached('person own', 4) >= 3, cached('other person', 20)]).toEqual([true, 20]);
});
